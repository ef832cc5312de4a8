from __future__ import annotations

import pytest

from signaling import reasons
from signaling.reasons import CLOSES, REFUSALS, Reason

ALL = [pytest.param(reason, id=reason.code) for reason in (*REFUSALS, *CLOSES)]

AGREED_REFUSALS = """
    needs_socket id_reused
    not_allowed not_joined already_joined unknown_room unknown_device room_full count_negative
    nothing_to_undo undo_too_late main_taken main_lost not_open conference_closed bad_phase
    room_absent mic_locked too_many_devices bad_limit media_unavailable bad_sdp media_state
    no_station trial_running trial_live unknown_run trial_task room_not_ready trials_unread
    bad_query journal_failed busy bad_person person_twice unknown_person list_full bad_zones
    no_alarm no_reason not_over room_over rundown_edited bad_rundown item_ran rundown_moved
    unknown_item rundown_over bad_cue bad_drill on_air_already pact_signed bad_pact unknown_point
    presentation_away presentation_sound_only
    no_pact pact_closed server_full
    broadcast_off broadcast_taken too_many_viewers
    record_no_room record_unwritable record_clock unknown_recording recording_runs
    pact_changed unknown_signatory signed_already no_witness bad_signature name_differs
    plan_fixed rundown_begun room_in_use conference_live archived
    announcing_already line_busy technicians_busy line_already line_on_air line_nobody line_gone"""
AGREED_CLOSES = """
    bad_token expired_token wrong_version bad_message too_large too_fast out_of_order heartbeat
    resync replaced removed server_stopping not_found origin internal link_revoked
    conference_archived plan_changed link_taken link_needs_cookie ticket_over sign_in_needed
    session_over crowded standing_by fenced asking_other"""


def test_the_agreed_codes_are_all_there_and_no_others() -> None:
    assert {reason.code for reason in REFUSALS} == set(AGREED_REFUSALS.split())
    assert {reason.code for reason in CLOSES} == set(AGREED_CLOSES.split())


@pytest.mark.parametrize("reason", ALL)
def test_a_person_reads_a_whole_sentence_in_both_languages(reason: Reason) -> None:
    for sentence in (reason.text.id, reason.text.en):
        assert sentence.endswith(".")
        assert 20 < len(sentence) < 160
    assert reason.text.id != reason.text.en


@pytest.mark.parametrize("reason", ALL)
def test_both_languages_have_the_same_placeholders(reason: Reason) -> None:
    params = {name: f"<{name}>" for name in reason.placeholders}
    said = reasons.text(reason.code, **params)
    for name, value in params.items():
        assert value in said.id, name
        assert value in said.en, name
    assert "{" not in said.id + said.en


def test_close_codes_are_distinct_and_allowed_for_applications() -> None:
    numbers = [reason.close for reason in CLOSES]
    assert len(set(numbers)) == len(numbers)
    # RFC 6455 section 7.4: registered ones of their meaning, else the private range.
    assert all(n in (1009, 1011, 1012) or 4000 <= n <= 4999 for n in numbers if n is not None)
    assert all(reason.close is None for reason in REFUSALS)


def test_room_full_names_the_cap() -> None:
    said = reasons.text("room_full", cap=12, room="Kutai Kartanegara")
    assert said.id.startswith("Ruang penuh (12/12).")
    assert said.en.startswith("The room is full (12/12).")


def test_unknown_codes_and_missing_parameters_are_errors() -> None:
    with pytest.raises(KeyError):
        reasons.text("no_such_code")
    with pytest.raises(KeyError):
        reasons.text("room_full")
