"""What a standby takes from the first's configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.app.organizing import settings
from vicon.config.settings import Metrics, Webhook
from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError
from vicon.pair.settings import keep, overlaid

SECRET = "whsec_" + "c2VrcmV0" * 5


def test_receivers_of_webhooks_go_over_with_their_secrets(tmp_path: Path) -> None:
    """The metrics do not: where they listen is of the machine."""
    file = tmp_path / "webhook.secret"
    file.write_text(f"{SECRET}\n", "utf-8")
    hook = Webhook(name="pusat", url="https://pantau.go.id/", secret_file=str(file))
    first = replace(settings(), webhooks=[hook], metrics=Metrics(port=9464))
    home = DataDir(tmp_path / "data")
    keep(home, first, "")
    file.unlink()
    found = overlaid(home, settings())
    (taken,) = found.webhooks
    assert (taken.name, taken.url, taken.secret) == (hook.name, hook.url, SECRET)
    assert taken.secret_file == ""
    assert found.metrics.port == 0
    with pytest.raises(SpokenError):
        keep(home, first, "")


def test_what_an_older_first_has_sent_is_read(tmp_path: Path) -> None:
    home = DataDir(tmp_path / "data")
    keep(home, settings(), "")
    path = home.path / "pair" / "settings.json"
    text = path.read_text("utf-8").replace(',"webhooks":[]', "")
    assert "webhooks" not in text
    path.write_text(text, "utf-8")
    assert overlaid(home, settings()).webhooks == []
