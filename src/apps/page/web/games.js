/* SPDX-License-Identifier: MIT
 *
 * What the stream told, by game. A play is known by its place in the topic, so one that comes twice
 * counts once; a corrected one (same game and play) takes the place of the first.
 */
export const games = new Map();
export const models = new Set();

let places = new Map();		/* "partition:offset" to the play that is there */

/* A play that its source took back is in no line and no figure; the table keeps it, struck through. */
function insert(game, play) {
	const at = game.index.get(play.play_id), known = at === undefined ? game.withdrawn.get(play.play_id) : game.plays[at];

	if (known && (known.revision ?? 0) > (play.revision ?? 0))
		return;
	play.corrected = known !== undefined || (play.revision ?? 0) > 0;
	if (at !== undefined)
		game.plays.splice(at, 1);
	game.withdrawn.delete(play.play_id);
	if (play.withdrawn)
		game.withdrawn.set(play.play_id, play);
	else
		game.plays.push(play);
	game.plays.sort((a, b) => a.play_number - b.play_number);
	game.index.clear();
	game.plays.forEach((p, i) => game.index.set(p.play_id, i));
	game.corrections += play.corrected;
}

/* False: it was known. */
export function add(play) {
	const place = `${play.partition}:${play.offset}`, name = `${play.game_id} ${play.play_id}`;

	if (places.get(place) === name)
		return false;
	if (places.has(place)) {	/* the topic was made anew: what was shown is of another one */
		games.clear();
		places = new Map();
	}
	places.set(place, name);
	play.wp = Math.min(1, Math.max(0, play.home_win_prob));

	let game = games.get(play.game_id);

	if (!game) {
		game = { id: play.game_id, home: play.home_team, away: play.away_team, plays: [], index: new Map(), withdrawn: new Map(), corrections: 0 };
		games.set(game.id, game);
	}
	if (play.model)
		models.add(play.model);
	insert(game, play);
	if (game.plays.length === 0)
		games.delete(game.id);
	measure(game);
	game.dirty = true;
	return true;
}

/* A prediction is of the state before its play: what the play did is seen in the next one. */
export const change = (plays, i) => i + 1 < plays.length ? plays[i + 1].wp - plays[i].wp : null;

export function excitement(plays) {
	let sum = 0;

	for (let i = 1; i < plays.length; i++)
		sum += Math.abs(plays[i].wp - plays[i - 1].wp);
	return sum;
}

function measure(game) {
	game.excitement = excitement(game.plays);
}

export function swings(plays, n) {
	return plays.map((p, i) => ({ i, d: change(plays, i) })).filter((s) => s.d !== null)
		.sort((a, b) => Math.abs(b.d) - Math.abs(a.d)).slice(0, n);
}

/* From how deep the team that leads now came back, and how often the favourite changed. */
export function story(plays) {
	const last = plays[plays.length - 1], home = last.wp >= 0.5;
	let low = 1, flips = 0;

	plays.forEach((p, i) => {
		low = Math.min(low, home ? p.wp : 1 - p.wp);
		if (i > 0 && (p.wp >= 0.5) !== (plays[i - 1].wp >= 0.5))
			flips++;
	});
	return { home, low, flips };
}

/* Who was ahead at the last play of the last two minutes; null: not that far, or tied. */
function winner(game) {
	const last = game.plays[game.plays.length - 1];

	if (last.quarter < 4 || last.time_remaining > 120 || last.home_score === last.away_score)
		return null;
	return last.home_score > last.away_score ? 1 : 0;
}

/* What the coach did, in the words of the advice; null: something that is no choice. */
const done = (p) => ({ pass: "go", run: "go", punt: "punt", field_goal: "field_goal" })[p.play_type] ?? null;

/* Fourth downs with advice: { i, advised, done, cost }, the cost in chance to win of the team with the ball. */
export function fourthDowns(plays) {
	const found = [];

	plays.forEach((p, i) => {
		if (!p.fourth_down)
			return;
		const made = done(p), value = made && p[`${made}_win_prob`];

		found.push({ i, advised: p.fourth_down, done: made,
			cost: value == null ? null : p[`${p.fourth_down}_win_prob`] - value });
	});
	return found;
}

/* Tenths of predicted probability over the games whose winner shows. */
export function calibration(model) {
	const bins = Array.from({ length: 10 }, () => ({ n: 0, p: 0, y: 0 }));
	let n = 0, plays = 0, brier = 0;

	for (const game of games.values()) {
		const won = winner(game);

		if (won === null)
			continue;
		n++;
		for (const { wp, model: by } of game.plays) {
			if (model && by !== model)
				continue;
			const b = bins[Math.min(9, Math.floor(wp * 10))];

			b.n++;
			b.p += wp;
			b.y += won;
			plays++;
			brier += (wp - won) ** 2;
		}
	}
	return { n, plays, brier: brier / plays,
		bins: bins.filter((b) => b.n > 0).map((b) => ({ n: b.n, p: b.p / b.n, y: b.y / b.n })) };
}
