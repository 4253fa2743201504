/* SPDX-License-Identifier: MIT
 *
 * What the 32 teams are called and the two colours they play in, and how to tell two of them apart
 * on this background. Any other team gets grey.
 */
const teams = {
	ARI: ["Arizona Cardinals", "#97233f", "#ffb612"], ATL: ["Atlanta Falcons", "#a71930", "#a5acaf"],
	BAL: ["Baltimore Ravens", "#241773", "#9e7c0c"], BUF: ["Buffalo Bills", "#00338d", "#c60c30"],
	CAR: ["Carolina Panthers", "#0085ca", "#101820"], CHI: ["Chicago Bears", "#0b162a", "#c83803"],
	CIN: ["Cincinnati Bengals", "#fb4f14", "#000000"], CLE: ["Cleveland Browns", "#311d00", "#ff3c00"],
	DAL: ["Dallas Cowboys", "#003594", "#869397"], DEN: ["Denver Broncos", "#fb4f14", "#002244"],
	DET: ["Detroit Lions", "#0076b6", "#b0b7bc"], GB: ["Green Bay Packers", "#203731", "#ffb612"],
	HOU: ["Houston Texans", "#03202f", "#a71930"], IND: ["Indianapolis Colts", "#002c5f", "#a2aaad"],
	JAX: ["Jacksonville Jaguars", "#006778", "#d7a22a"], KC: ["Kansas City Chiefs", "#e31837", "#ffb81c"],
	LA: ["Los Angeles Rams", "#003594", "#ffa300"], LAC: ["Los Angeles Chargers", "#0080c6", "#ffc20e"],
	LV: ["Las Vegas Raiders", "#000000", "#a5acaf"], MIA: ["Miami Dolphins", "#008e97", "#fc4c02"],
	MIN: ["Minnesota Vikings", "#4f2683", "#ffc62f"], NE: ["New England Patriots", "#002244", "#c60c30"],
	NO: ["New Orleans Saints", "#d3bc8d", "#101820"], NYG: ["New York Giants", "#0b2265", "#a71930"],
	NYJ: ["New York Jets", "#125740", "#000000"], PHI: ["Philadelphia Eagles", "#004c54", "#a5acaf"],
	PIT: ["Pittsburgh Steelers", "#ffb612", "#101820"], SEA: ["Seattle Seahawks", "#002244", "#69be28"],
	SF: ["San Francisco 49ers", "#aa0000", "#b3995d"], TB: ["Tampa Bay Buccaneers", "#d50a0a", "#ff7900"],
	TEN: ["Tennessee Titans", "#0c2340", "#4b92db"], WAS: ["Washington Commanders", "#5a1414", "#ffb612"],
};

export const fullName = (team) => teams[team]?.[0] ?? team;

const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const toHex = (rgb) => "#" + rgb.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("");

/* WCAG 2: relative luminance, contrast. */
function luminance(hex) {
	const [r, g, b] = parts(hex).map((v) => {
		v /= 255;
		return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

/* Towards white or black until it stands out from the background. */
function visible(hex, background) {
	const target = luminance(background) > 0.4 ? [0, 0, 0] : [255, 255, 255];
	let rgb = parts(hex);

	for (let i = 0; i < 24 && contrast(toHex(rgb), background) < 3.2; i++)
		rgb = rgb.map((v, k) => v + (target[k] - v) * 0.1);
	return toHex(rgb);
}

/* How differently two colours look: "redmean", a weighted distance, 0 to about 765. */
function distance(a, b) {
	const [p, q] = [parts(a), parts(b)], mean = (p[0] + q[0]) / 2;
	const [r, g, u] = p.map((v, k) => v - q[k]);

	return Math.sqrt((2 + mean / 256) * r * r + 4 * g * g + (2 + (255 - mean) / 256) * u * u);
}

/* The home team keeps its first colour; the visitors take the one that is further from it. */
export function colours(home, away, background) {
	const grey = ["", "#6b7480", "#b0855a"];
	const shown = (team, i) => visible((teams[team] ?? grey)[i], background);
	const h = shown(home, 1), first = shown(away, 1), second = shown(away, 2);

	if (distance(h, first) >= 160)
		return { home: h, away: first };
	return { home: h, away: distance(h, second) > distance(h, first) ? second : first };
}
