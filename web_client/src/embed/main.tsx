import { render } from "preact";
import "../styles/tokens.css";
import "../styles/components.css";
import "../styles/embed.css";
import { Embed, Note } from "./Embed";

const place = document.getElementById("app");
if (!place) throw new Error("embed.html has no #app");

// /embed/CONFERENCE#TOKEN: nothing of it is kept, and the token goes in headers alone.
const conference = location.pathname.split("/").at(-1) ?? "";
const token = location.hash.slice(1).trim();
addEventListener("hashchange", () => location.reload());
if (!("RTCPeerConnection" in window)) render(<main class="embed"><Note state="unfit" now={null} /></main>, place);
else if (!token) render(<main class="embed" data-state="refused"><Note state="refused" now={null} /></main>, place);
else render(<Embed conference={conference} token={token} />, place);
