/* SPDX-License-Identifier: MIT
 *
 * The charts of the page and of "gridwire eval --html": SVG drawn to the size it has on the screen, so that its text is never scaled.
 * No smoothing anywhere: the line holds each prediction until the next play.
 */
const quarter = 900, regulation = 3600;

export function element(name, attributes = {}, text) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", name);

	for (const [k, v] of Object.entries(attributes))
		e.setAttribute(k, v);
	if (text !== undefined)
		e.textContent = text;
	return e;
}

function clear(svg) {
	for (const e of [...svg.children])
		if (e.tagName !== "title" && e.tagName !== "desc")
			e.remove();
}

function sized(svg) {
	const width = Math.max(svg.clientWidth, 40), height = Math.max(svg.clientHeight, 40);

	svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
	return { width, height };
}

export function gameLength(plays) {
	const extra = Math.max(0, ...plays.map((p) => p.quarter - 4));

	return regulation + extra * overtime(plays);
}

/* Seconds of one overtime: 600, and 900 in the play-offs. */
const overtime = (plays) => plays.some((p) => p.post) ? 900 : 600;

const fix = (v) => v.toFixed(2);

/* Corners of the step line; the last prediction holds until "end". */
function steps(plays, x, y, end) {
	let d = `M${fix(x(plays[0].elapsed))} ${fix(y(plays[0].wp))}`;

	for (let i = 1; i < plays.length; i++)
		d += `H${fix(x(plays[i].elapsed))}V${fix(y(plays[i].wp))}`;
	return d + `H${fix(end)}`;
}

/* The part of the area between line and middle that lies on one side of it. */
function area(plays, x, y, end, above) {
	const side = (wp) => above ? Math.max(wp, 0.5) : Math.min(wp, 0.5);
	const clipped = plays.map((p) => ({ elapsed: p.elapsed, wp: side(p.wp) }));

	return steps(clipped, x, y, end) + `V${fix(y(0.5))}H${fix(x(plays[0].elapsed))}Z`;
}

function field(svg, plot, game) {
	const { x, y, left, right, top, bottom, length } = plot;

	for (const [v, text] of [[1, `${game.home} 100%`], [0.75, "75%"], [0.5, "50%"], [0.25, "75%"], [0, `${game.away} 100%`]]) {
		const name = v === 1 || v === 0, short = name && plot.narrow ? text.replace(" 100%", "") : text;

		svg.append(element("line", { class: v === 0.5 ? "even" : "rule", x1: left, x2: right, y1: y(v), y2: y(v) }),
		    element("text", { class: name ? "axis" : "", x: left - 8, y: y(v) + 4, "text-anchor": "end" }, short));
	}
	for (const { from, to, name } of periods(game)) {
		if (from >= regulation)
			svg.append(element("rect", { class: "overtime", x: x(from), width: x(to) - x(from), y: top, height: bottom - top }));
		if (from > 0)
			svg.append(element("line", { class: from === regulation ? "even" : "rule", x1: x(from), x2: x(from), y1: top, y2: bottom }));
		svg.append(element("text", { x: x((from + to) / 2), y: bottom + 18, "text-anchor": "middle" }, name));
	}
}

/* Quarters and overtimes: { from, to, name } in seconds of the game. */
function periods(game) {
	const all = ["Q1", "Q2", "Q3", "Q4"].map((name, i) => ({ from: i * quarter, to: (i + 1) * quarter, name }));
	const length = gameLength(game.plays), each = overtime(game.plays);

	for (let from = regulation, n = 1; from < length; from += each, n++)
		all.push({ from, to: from + each, name: n > 1 ? `${n}OT` : "OT" });
	return all;
}

function scoringMarks(svg, plot, plays, game) {
	for (let i = 1; i < plays.length; i++) {
		const before = plays[i - 1], p = plays[i];
		const home = p.home_score > before.home_score, away = p.away_score > before.away_score;

		if (!home && !away)
			continue;
		svg.append(element("circle", { class: "scored", r: 4.5, cx: plot.x(p.elapsed), cy: plot.y(p.wp),
			fill: home ? game.colours.home : game.colours.away }));
	}
}

/*
 * The big one. Returns how to find the play under a place on the screen. The plot's rectangle is
 * left in data attributes, so that a test can read probabilities back from the path.
 */
export function winChart(svg, game, plays, marked) {
	const { width, height } = sized(svg);
	const narrow = width < 420, left = narrow ? 42 : 78, right = width - 12, top = 12, bottom = height - 26;
	const length = gameLength(game.plays);
	const x = (s) => left + s / length * (right - left);
	const y = (wp) => bottom - wp * (bottom - top);
	const plot = { x, y, left, right, top, bottom, length, narrow };
	const last = plays[plays.length - 1];

	clear(svg);
	Object.assign(svg.dataset, { left, right, top, bottom, length, plays: plays.length });
	field(svg, plot, game);
	if (!last)
		return () => -1;
	svg.append(
	    element("path", { class: "area", d: area(plays, x, y, x(last.elapsed), true), fill: game.colours.home }),
	    element("path", { class: "area", d: area(plays, x, y, x(last.elapsed), false), fill: game.colours.away }),
	    element("path", { class: "curve", d: steps(plays, x, y, x(last.elapsed)) }));
	scoringMarks(svg, plot, plays, game);
	svg.append(element("circle", { class: "now", r: 6, cx: x(last.elapsed), cy: y(last.wp) }));
	if (marked >= 0 && marked < plays.length)
		svg.append(element("line", { class: "cross", x1: x(plays[marked].elapsed), x2: x(plays[marked].elapsed), y1: top, y2: bottom }),
		    element("circle", { class: "now", r: 5, cx: x(plays[marked].elapsed), cy: y(plays[marked].wp) }));
	return (at) => {
		const s = (at - left) / (right - left) * length;
		let best = 0;

		plays.forEach((p, i) => {
			if (p.elapsed <= s)
				best = i;
		});
		return best;
	};
}

/* The small one of a card. */
export function sparkline(svg, game) {
	const { width, height } = sized(svg), length = gameLength(game.plays);
	const x = (s) => 2 + s / length * (width - 6), y = (wp) => height - 3 - wp * (height - 6);
	const last = game.plays[game.plays.length - 1];

	clear(svg);
	svg.append(element("line", { class: "even", x1: 0, x2: width, y1: y(0.5), y2: y(0.5) }));
	for (let at = quarter; at < length && at <= regulation; at += quarter)
		svg.append(element("line", { class: "rule", x1: x(at), x2: x(at), y1: 0, y2: height }));
	svg.append(
	    element("path", { class: "area", d: area(game.plays, x, y, x(last.elapsed), true), fill: game.colours.home }),
	    element("path", { class: "area", d: area(game.plays, x, y, x(last.elapsed), false), fill: game.colours.away }),
	    element("path", { class: "curve", d: steps(game.plays, x, y, x(last.elapsed)) }),
	    element("circle", { class: "now", r: 4, cx: x(last.elapsed), cy: y(last.wp) }));
}

/*
 * Points on the board, dark, and up to the projected final, light, with the range if there is one:
 * [{ name, now, lo, mid, hi, colour }].
 */
export function finals(svg, rows) {
	const { width, height } = sized(svg), left = 40, right = width - 10;
	const max = Math.max(35, ...rows.map((r) => r.hi ?? r.mid)) + 3, x = (v) => left + v / max * (right - left);
	const step = (height - 18) / rows.length;

	clear(svg);
	for (let v = 0; v <= max; v += 10)
		svg.append(element("line", { class: "rule", x1: x(v), x2: x(v), y1: 2, y2: height - 16 }),
		    element("text", { x: x(v), y: height - 3, "text-anchor": "middle" }, v));
	rows.forEach((r, i) => {
		const at = 2 + step * (i + 0.5);
		const bar = (to, opacity) => element("rect", { x: x(0), y: at - 7, width: Math.max(0, x(to) - x(0)), height: 14, rx: 2, fill: r.colour, opacity });

		svg.append(element("text", { class: "axis", x: left - 8, y: at + 4, "text-anchor": "end" }, r.name), bar(r.mid, .35), bar(r.now, 1));
		if (r.lo !== undefined)
			svg.append(element("path", { class: "range", d: `M${x(r.lo)} ${at - 4}v8m0-4H${x(r.hi)}m0-4v8` }));
	});
}

/* Observed against predicted: [{ p, y, n }]. A dot's area is its share of the plays. */
export function reliability(svg, bins) {
	const { width, height } = sized(svg), left = 42, right = width - 22, top = 8, bottom = height - 36;
	const x = (p) => left + p * (right - left), y = (p) => bottom - p * (bottom - top);
	const total = bins.reduce((sum, b) => sum + b.n, 0);

	clear(svg);
	for (let v = 0; v <= 1.001; v += 0.25)
		svg.append(element("line", { class: "rule", x1: x(v), x2: x(v), y1: top, y2: bottom }),
		    element("line", { class: "rule", x1: left, x2: right, y1: y(v), y2: y(v) }),
		    element("text", { x: x(v), y: bottom + 16, "text-anchor": "middle" }, `${v * 100}%`),
		    element("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, `${v * 100}%`));
	svg.append(element("line", { class: "diagonal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
	    element("text", { x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, "home wins: predicted →, observed ↑"));
	for (const b of bins) {
		const dot = element("circle", { class: "bin", cx: x(b.p), cy: y(b.y), r: 3 + 16 * Math.sqrt(b.n / total) });

		dot.append(element("title", {}, `predicted ${(100 * b.p).toFixed(1)}%, observed ${(100 * b.y).toFixed(1)}%, ${b.n} plays`));
		svg.append(dot);
	}
}

/* A bar and its number for each name: [{ name, value }]; what is below zero is none. */
export function bars(svg, rows) {
	const { width, height } = sized(svg), left = Math.min(150, width * 0.4), right = width - 60;
	const max = Math.max(1e-9, ...rows.map((r) => r.value)), step = height / Math.max(rows.length, 1);

	clear(svg);
	rows.forEach((r, i) => {
		const at = step * (i + 0.5), long = Math.max(0, r.value) / max * (right - left);

		svg.append(element("text", { class: "axis", x: left - 8, y: at + 4, "text-anchor": "end" }, r.name),
		    element("rect", { class: "bin", x: left, y: at - step * 0.3, width: long, height: step * 0.6, rx: 2 }),
		    element("text", { x: left + long + 6, y: at + 4 }, r.value.toFixed(4)));
	});
}

/* Something over the minutes of a game, the first line in ink: [{ name, points: [[minute, value]] }]. */
export function minutes(svg, lines) {
	const { width, height } = sized(svg), left = 42, right = width - 12, top = 22, bottom = height - 26;
	const max = Math.ceil(10 * Math.max(0.1, ...lines.flatMap((l) => l.points.map((p) => p[1])))) / 10;
	const x = (m) => left + m / 60 * (right - left), y = (v) => bottom - v / max * (bottom - top);

	clear(svg);
	for (let v = 0; v <= max + 1e-9; v += max > 0.4 ? 0.2 : 0.1)
		svg.append(element("line", { class: "rule", x1: left, x2: right, y1: y(v), y2: y(v) }),
		    element("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, v.toFixed(1)));
	for (let m = 0; m <= 60; m += 15)
		svg.append(element("line", { class: "rule", x1: x(m), x2: x(m), y1: top, y2: bottom }),
		    element("text", { x: x(m), y: bottom + 18, "text-anchor": "middle" }, m));
	lines.forEach((l, i) => {
		const path = l.points.map(([m, v], k) => `${k ? "L" : "M"}${fix(x(m))} ${fix(y(v))}`).join("");

		svg.append(element("path", { class: i ? "curve beside" : "curve", d: path }),
		    element("path", { class: i ? "curve beside" : "curve", d: `M${left + 190 * i} 9h18` }),
		    element("text", { x: left + 24 + 190 * i, y: 13 }, l.name));
	});
}
