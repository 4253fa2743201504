/* SPDX-License-Identifier: MIT
 *
 * The live page: one stream of events in, the chosen game and the grid of all on the screen. All
 * text goes in as text, never as markup. Drawing waits for the next frame, whatever comes in.
 */
import { games, models, add, calibration, change, excitement, fourthDowns, story, swings } from "/games.js";
import { finals, reliability, sparkline, winChart } from "/chart.js";
import { colours, fullName } from "/teams.js";

const $ = (id) => document.getElementById(id);
const background = () => getComputedStyle(document.body).getPropertyValue("--card").trim();
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const view = {
	game: null,		/* its id */
	follow: true,		/* the latest play; else position */
	position: 0,
	hovered: -1,
	timer: 0,		/* of the replay */
	pick: () => -1,
	frame: 0,
};

/* ---- words ---- */

function make(name, className, text) {
	const e = document.createElement(name);

	if (className)
		e.className = className;
	if (text !== undefined)
		e.textContent = text;
	return e;
}

/* Never a false certainty. */
function percent(p, digits = 0) {
	const least = digits ? 0.0005 : 0.005;

	if (p > 0 && p < least)
		return digits ? "<0.1%" : "<1%";
	if (p < 1 && p >= 1 - least)
		return digits ? ">99.9%" : ">99%";
	return `${(100 * p).toFixed(digits)}%`;
}

/* The home team's gain is shown as that of the team that gained. */
function swingText(game, d) {
	if (d === null)
		return "";
	if (Math.abs(d) < 0.0005)
		return "0.0";
	return `${d >= 0 ? game.home : game.away} +${Math.abs(100 * d).toFixed(1)}`;
}

/* Said only where more than one model scores. */
const modelMark = (p) => models.size > 1 && p.model ? p.model : "";

const scoreText = (game, p) => `${game.away} ${p.away_score} @ ${game.home} ${p.home_score}`;

/* What happened: in the source's words, or in ours. */
function playText(p) {
	const kind = p.play_type.replaceAll("_", " ").replace("qb", "QB"), yards = p.yards_gained;

	if (p.desc)
		return p.desc;
	if (yards === undefined || (kind !== "pass" && kind !== "run"))
		return kind === "other" ? "" : kind;
	return `${kind}, ${yards === 0 ? "no gain" : yards === 1 ? "1 yard" : yards < 0 ? `${-yards} lost` : `${yards} yards`}`;
}

function setText(id, text) {
	const e = typeof id === "string" ? $(id) : id;

	if (e.textContent !== String(text))
		e.textContent = text;
}

/* ---- what is shown ---- */

const current = () => games.get(view.game);

function shown() {
	const game = current();

	if (!game)
		return [];
	return view.follow ? game.plays : game.plays.slice(0, view.position + 1);
}

function redraw() {
	if (!view.frame)
		view.frame = requestAnimationFrame(draw);
}

function draw() {
	view.frame = 0;
	if (games.size === 0)
		return;
	/* The game of the address may come in later than others. */
	if (!current() || (wanted() ?? view.game) !== view.game)
		view.game = wanted() ?? games.keys().next().value;
	$("empty").hidden = true;
	$("game").hidden = false;
	$("others").hidden = games.size < 2;
	const game = current();

	if (game.dirty || view.dirty) {
		drawGame(game, shown());
		view.dirty = false;
	}
	if (games.size > 1)
		drawGrid();
	for (const g of games.values())
		g.dirty = false;
}

/* ---- the game ---- */

function drawGame(game, plays) {
	const p = plays[plays.length - 1];

	game.colours = colours(game.home, game.away, background());
	drawBoard(game, p);
	drawChart(game, plays);
	drawReplay(game, plays);
	drawFinal(game, p);
	drawStory(game, plays);
	drawFourth(game, plays);
	drawSwings(game, plays);
	drawLast(game, plays);
	if ($("all").open)
		drawTable(game, plays);
	if ($("about").open)
		drawCalibration();
	document.title = `${percent(p.wp)} ${game.home} · ${scoreText(game, p)} · gridwire`;
}

function drawBoard(game, p) {
	for (const [side, team] of [["home", game.home], ["away", game.away]]) {
		setText(`${side}-name`, fullName(team));
		setText(`${side}-short`, team);
		$(`${side}-short`).title = fullName(team);
		setText(`${side}-score`, p[`${side}_score`]);
		$(`${side}-chip`).style.background = game.colours[side];
		$(`split-${side}`).style.background = game.colours[side];
		const ball = $(`${side}-ball`), has = p.posteam === team;

		setText(ball, has ? (side === "home" ? "◀" : "▶") : "");
		ball.title = has ? "has the ball" : "";
	}
	setText("game-name", `${fullName(game.away)} at ${fullName(game.home)}`);
	setText("clock", p.clock);
	setText("situation", p.situation);
	setText("week", p.season ? `${p.season}${p.week ? `, week ${p.week}` : ""}` : "");
	$("split-home").style.flexGrow = Math.round(p.wp * 1000);
	$("split-away").style.flexGrow = 1000 - Math.round(p.wp * 1000);
	setText("home-wp", percent(p.wp));
	setText("home-wp-team", game.home);
	setText("away-wp", percent(1 - p.wp));
	setText("away-wp-team", game.away);
}

function drawChart(game, plays) {
	const at = view.hovered >= 0 && view.hovered < plays.length ? view.hovered : plays.length - 1;
	const p = plays[at], caption = $("caption");

	view.pick = winChart($("chart"), game, plays, view.hovered);
	setText("chart-title", `Win probability of ${fullName(game.home)} against ${fullName(game.away)}`);
	setText("chart-desc", `${plays.length} plays, now ${p.clock}: ${percent(p.wp)} for ${game.home}. The table below has every play.`);
	caption.replaceChildren(make("b", "", `${p.clock} · ${scoreText(game, p)} · ${game.home} ${percent(p.wp, 1)}`),
	    document.createTextNode([" ", p.situation, playText(p), swingText(game, change(plays, at)), p.corrected ? "corrected" : "", modelMark(p)]
		.filter(Boolean).join(" · ").replace(" · ", "")));
}

function drawReplay(game, plays) {
	const seek = $("seek"), p = plays[plays.length - 1];

	seek.max = game.plays.length - 1;
	seek.value = plays.length - 1;
	seek.setAttribute("aria-valuetext", `play ${plays.length} of ${game.plays.length}, ${p.clock}, ${game.home} ${percent(p.wp)}`);
	$("live").setAttribute("aria-pressed", String(view.follow));
	setText("play", view.timer ? "Pause" : "Replay");
	$("play").setAttribute("aria-label", view.timer ? "Pause the replay" : view.follow ? "Replay from the first play" : "Replay from here");
}

function drawFinal(game, p) {
	const list = $("final"), rows = [], margin = p.home_score_pred - p.away_score_pred;

	list.replaceChildren();
	for (const side of ["away", "home"]) {
		const lo = p[`${side}_score_lo`], hi = p[`${side}_score_hi`], mid = p[`${side}_score_pred`];
		const value = make("dd", "", Math.round(mid).toString());

		if (lo !== undefined)
			value.prepend(make("small", "", `${Math.round(lo)} to ${Math.round(hi)} `));
		rows.push({ name: game[side], now: p[`${side}_score`], lo, mid, hi, colour: game.colours[side] });
		list.append(make("dt", "", fullName(game[side])), value);
	}
	finals($("bands"), rows);
	setText("margin", `${margin >= 0 ? game.home : game.away} by ${Math.abs(margin).toFixed(1)}` +
	    (p.home_score_lo === undefined ? "" : "; ranges hold 80 % of such games"));
}

function facts(id, pairs) {
	const list = $(id);

	list.replaceChildren();
	for (const [name, value] of pairs)
		list.append(make("dt", "", name), make("dd", "", value));
}

function drawStory(game, plays) {
	const s = story(plays), team = s.home ? game.home : game.away;

	facts("facts", [
		["Excitement", excitement(plays).toFixed(2)],
		["Before the first play", `${game.home} ${percent(plays[0].wp)}`],
		[`Lowest for ${team}`, percent(s.low)],
		["Favourite changed", ["never", "once", "twice"][s.flips] ?? `${s.flips} times`],
		["Plays", plays.length],
		...(game.corrections ? [["Corrected or withdrawn", game.corrections]] : []),
	]);
}

const choiceName = { go: "go for it", punt: "punt", field_goal: "kick" };
const choicePast = { go: "went for it", punt: "punted", field_goal: "kicked" };

/* The newest fourth down, the three choices as bars, and how the coaches of this game did. */
function drawFourth(game, plays) {
	const all = fourthDowns(plays), last = all[all.length - 1], box = $("fourth"), now = last && last.i === plays.length - 1;

	box.dataset.now = String(Boolean(now));
	$("fourth-list").hidden = !last;
	if (!last) {
		setText("fourth-head", plays.some((p) => p.quarter > 4) ? "No advice in overtime." : "No fourth down yet, or the model cannot say.");
		setText("fourth-note", "");
		return;
	}
	const p = plays[last.i], team = p.posteam;
	const choices = ["go", "punt", "field_goal"].filter((c) => p[`${c}_win_prob`] !== undefined)
		.sort((a, b) => p[`${b}_win_prob`] - p[`${a}_win_prob`]);

	setText("fourth-head", `${p.clock} · ${p.situation} · ${team}: ${choiceName[last.advised]}`);
	$("fourth-list").replaceChildren(...choices.map((c) => {
		const value = p[`${c}_win_prob`], item = make("li", c === last.advised ? "best" : "");
		const how = c === "go" ? `first down ${percent(p.p_convert)}` : c === "field_goal" ? `made ${percent(p.p_made)}` : "";
		const bar = make("span", "bar"), fill = make("span");

		fill.style.width = `${(100 * value).toFixed(1)}%`;
		fill.style.background = game.colours[team === game.home ? "home" : "away"];
		bar.append(fill);
		item.append(make("span", "choice", choiceName[c]), bar, make("b", "", percent(value, 1)), make("small", "", how));
		return item;
	}));
	const judged = all.filter((f) => f.cost !== null && f.i < plays.length - 1), same = judged.filter((f) => f.advised === f.done).length;
	const done = now || !last.done ? "" : `${team} ${choicePast[last.done]}${last.cost > 0.0005 ? `, which cost ${(100 * last.cost).toFixed(1)} points of chance` : ""}. `;

	setText("fourth-note", done + (judged.length ? `Coaches did as advised on ${same} of ${judged.length} fourth downs of this game.` : ""));
}

function drawSwings(game, plays) {
	const list = $("swings"), focused = list.contains(document.activeElement) ? document.activeElement.dataset.i : null;

	list.replaceChildren(...swings(plays, 5).map(({ i, d }) => {
		const p = plays[i], item = make("li"), button = make("button");

		button.type = "button";
		button.dataset.i = i;
		button.append(make("b", "delta", swingText(game, d)), make("span", "", `${p.clock} · ${p.situation || p.play_type}`),
		    make("span", "what", playText(p)));
		button.addEventListener("click", () => seekTo(i));
		item.append(button);
		return item;
	}));
	if (focused !== null)
		list.querySelector(`[data-i="${Number(focused)}"]`)?.focus();
}

function drawLast(game, plays) {
	$("plays").replaceChildren(...plays.slice(-8).reverse().map((p, k) => {
		const i = plays.length - 1 - k, item = make("li");

		item.append(make("span", "clock-cell", p.clock), make("span", "", p.situation || p.play_type),
		    make("span", "chance", `${game.home} ${percent(p.wp, 1)}`), make("span", "change delta", swingText(game, change(plays, i)) || "now"),
		    make("span", "text", playText(p)));
		return item;
	}));
}

function drawTable(game, plays) {
	const body = $("all-rows"), name = `${game.id} ${plays.length} ${game.corrections}`;

	if (body.dataset.of === name)
		return;
	body.dataset.of = name;
	setText("all-home", `${game.home} wins`);
	setText("all-caption", `Every play of ${fullName(game.away)} at ${fullName(game.home)}`);
	const gone = [...game.withdrawn.values()], rows = [...plays, ...gone].sort((a, b) => a.play_number - b.play_number);

	body.replaceChildren(...rows.map((p) => {
		const row = make("tr", p.withdrawn ? "withdrawn" : ""), i = plays.indexOf(p);

		row.append(make("td", "tight", p.clock), make("td", "tight", p.situation), make("td", "tight", scoreText(game, p)),
		    make("td", "num", percent(p.wp, 1)), make("td", "num", i < 0 ? "" : swingText(game, change(plays, i))),
		    make("td", "", [playText(p), p.withdrawn ? "withdrawn" : p.corrected ? "corrected" : "", modelMark(p)].filter(Boolean).join(" · ")));
		return row;
	}));
	for (const kind of ["csv", "jsonl"])
		$(kind).href = `/${kind === "csv" ? "predictions.csv" : "plays.jsonl"}?game=${encodeURIComponent(game.id)}`;
}

/* ---- the grid ---- */

function card(game) {
	const item = make("li"), button = make("button", "card");
	const parts = {};

	for (const side of ["away", "home"]) {
		const row = make("div", "row");

		parts[side] = { chip: make("span", "chip"), name: make("span", "", game[side]), score: make("span"), wp: make("span", "wp") };
		row.append(parts[side].chip, parts[side].name, parts[side].score, parts[side].wp);
		button.append(row);
	}
	const meta = make("div", "meta");

	parts.svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	parts.svg.setAttribute("aria-hidden", "true");
	parts.clock = make("span");
	parts.excitement = make("span");
	meta.append(parts.clock, parts.excitement);
	button.append(parts.svg, meta);
	button.type = "button";
	button.addEventListener("click", () => choose(game.id));
	item.append(button);
	return { item, button, parts };
}

function drawCard(game) {
	const p = game.plays[game.plays.length - 1], { parts, button } = game.card;

	game.colours = colours(game.home, game.away, background());
	for (const side of ["away", "home"]) {
		parts[side].chip.style.background = game.colours[side];
		setText(parts[side].score, p[`${side}_score`]);
		setText(parts[side].wp, percent(side === "home" ? p.wp : 1 - p.wp));
	}
	setText(parts.clock, [p.clock, modelMark(p)].filter(Boolean).join(" · "));
	setText(parts.excitement, `excitement ${game.excitement.toFixed(2)}`);
	sparkline(parts.svg, game);
	button.setAttribute("aria-current", String(game.id === view.game));
}

/* An order that changes under a pointer or a focus would be no help: it stands still meanwhile. */
function drawGrid() {
	const grid = $("grid"), busy = grid.matches(":hover") || grid.contains(document.activeElement);
	const sorted = [...games.values()].sort((a, b) => b.excitement - a.excitement);

	for (const game of sorted)
		if (!game.card)
			grid.append((game.card = card(game)).item);
	if (!busy && sorted.some((g, i) => grid.children[i] !== g.card.item))
		grid.append(...sorted.map((g) => g.card.item));
	while (grid.children.length > sorted.length)
		[...grid.children].find((e) => !sorted.some((g) => g.card.item === e)).remove();
	for (const game of sorted)
		if (game.dirty || view.cardsDirty)
			drawCard(game);
	view.cardsDirty = false;
}

/* ---- model and calibration ---- */

const number = (v) => Number.isInteger(v) ? String(v) : Number(v.toPrecision(4)).toString();

async function loadModel() {
	const m = await (await fetch("/model.json")).json();

	facts("model", [["Name", m.model], ["SHA-256", `${m.sha256.slice(0, 16)}…`], ["Features", `${m.feature_set}, ${m.features.length}`],
		["Trained on", m.trained_on], ["Plays, games", `${m.rows.toLocaleString("en")}, ${m.games.toLocaleString("en")}`]]);
	facts("metrics", Object.entries(m.metrics).map(([k, v]) => [k.replaceAll("_", " "), number(v)]));
	if (Object.keys(m.metrics).length === 0)
		facts("metrics", [["none in its file", ""]]);
}

function drawCalibration() {
	const c = calibration(), each = models.size > 1 ? [...models].sort().map((m) => ({ m, ...calibration(m) })).filter((b) => b.plays > 0) : [];

	$("calibration").toggleAttribute("hidden", c.n === 0);
	if (c.n > 0)
		reliability($("calibration"), c.bins);
	setText("calibration-text", c.n === 0 ? "No game has come to its last two minutes yet." :
	    `${c.plays} plays of ${c.n} ${c.n === 1 ? "game" : "games"}, Brier ${c.brier.toFixed(4)}. The winner is who was ahead at the last play. ` +
	    (c.n < 16 ? "So few games say little: one upset moves every dot. " : "") +
	    each.map((b) => `${b.m}: ${b.plays} plays, Brier ${b.brier.toFixed(4)}.`).join(" "));
}

/* ---- hands ---- */

const wanted = () => {
	const id = decodeURIComponent(location.hash.replace(/^#game=/, ""));

	return games.has(id) ? id : undefined;
};

function touch() {
	view.dirty = true;
	redraw();
}

function stopReplay() {
	clearInterval(view.timer);
	view.timer = 0;
}

function choose(id) {
	stopReplay();
	Object.assign(view, { game: id, follow: true, hovered: -1, cardsDirty: true });
	history.replaceState(null, "", `#game=${encodeURIComponent(id)}`);
	touch();
	$("game").scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function seekTo(i) {
	const last = current().plays.length - 1;

	view.position = Math.min(Math.max(0, i), last);
	view.follow = false;
	view.hovered = -1;
	touch();
}

function follow() {
	stopReplay();
	view.follow = true;
	touch();
}

function step() {
	const game = current();

	if (!game || view.position + 1 >= game.plays.length) {
		follow();
		return;
	}
	seekTo(view.position + 1);
}

function startReplay() {
	if (view.follow)
		seekTo(0);
	view.timer = setInterval(step, 1000 / Number($("speed").value));
	touch();
}

function hover(event) {
	const i = view.pick(event.clientX - $("chart").getBoundingClientRect().left);

	if (i !== view.hovered) {
		view.hovered = i;
		touch();
	}
}

function listen() {
	$("seek").addEventListener("input", () => {
		stopReplay();
		seekTo(Number($("seek").value));
	});
	$("live").addEventListener("click", follow);
	$("play").addEventListener("click", () => {
		if (view.timer) {
			stopReplay();
			touch();
		} else
			startReplay();
	});
	$("speed").addEventListener("change", () => {
		if (view.timer) {
			stopReplay();
			startReplay();
		}
	});
	$("chart").addEventListener("pointermove", hover);
	$("chart").addEventListener("pointerleave", () => {
		view.hovered = -1;
		touch();
	});
	$("all").addEventListener("toggle", touch);
	$("about").addEventListener("toggle", touch);
	addEventListener("hashchange", () => wanted() && choose(wanted()));
	const again = () => {
		view.cardsDirty = true;
		touch();
	};

	new ResizeObserver(again).observe($("game"));
	new ResizeObserver(again).observe($("grid"));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

/* ---- the stream ---- */

function state(name, text) {
	$("link").dataset.state = name;
	setText("link-text", text);
}

function connect() {
	const events = new EventSource("/events");
	const ended = { now: false };

	events.addEventListener("open", () => state("live", "live"));
	events.addEventListener("play", (e) => {
		const play = JSON.parse(e.data);

		if (add(play))
			redraw();
	});
	events.addEventListener("end", () => {
		ended.now = true;
		events.close();
		state("over", "the scorer has ended");
	});
	events.addEventListener("error", () => {
		if (!ended.now)
			state("lost", "reconnecting");
	});
}

/* Who listens hears how it stands, politely, and at most every ten seconds. */
function summarise() {
	const game = current(), plays = game?.plays, p = plays?.[plays.length - 1];

	if (p && view.follow)
		setText("summary", `${p.clock}. ${fullName(game.away)} ${p.away_score}, ${fullName(game.home)} ${p.home_score}. ` +
		    `${fullName(game.home)} ${percent(p.wp)} to win.`);
}

listen();
connect();
loadModel().catch(() => facts("model", [["not available", ""]]));
setInterval(summarise, 10000);
