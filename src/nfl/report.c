/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/report.h"

#include <stdio.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; script-src 'unsafe-inline'\">\n<style>\n";
static const char style[] =
    "main{padding-bottom:2rem}.game{display:block}h1{font-size:1.4rem;margin:0 0 .6rem}"
    "h2{margin-top:1.2rem}td,th{text-align:right}td:first-child,th:first-child{text-align:left}"
    "#calibration{max-width:30rem;height:25rem}h3{margin:1rem 0 .4rem;font-size:1rem}"
    ".plot{display:block;width:100%;max-width:46rem;height:15rem}details{margin:.6rem 0}\n"
    "</style>\n";
static const char draw[] =
    "const byId = (id) => document.getElementById(id);\n"
    "const rows = (id) => [...document.querySelectorAll(`#${id} tr`)].slice(1)\n"
    "\t.map((r) => [...r.cells].map((c) => c.textContent.trim()));\n"
    "const number = (text) => text === \"\" ? undefined : parseFloat(text);\n"
    "const numbers = (id) => rows(id).map((r) => r.map(number));\n\n"
    "function show(svg, drawn) {\n"
    "\tif (!svg)\n\t\treturn;\n"
    "\tsvg.toggleAttribute(\"hidden\", false);\n"
    "\tnew ResizeObserver(() => drawn(svg)).observe(svg);\n}\n\n"
    "const bins = numbers(\"bins\").map(([p, y, n]) => ({ p: p / 100, y: y / 100, n }));\n"
    "show(byId(\"calibration\"), (svg) => reliability(svg, bins));\n"
    "show(byId(\"quarters\"), (svg) => bars(svg, rows(\"figures\")"
    ".map(([name, , v]) => ({ name, value: +v }))\n"
    "\t.filter((r) => /quarter|overtime/.test(r.name))));\n"
    "show(byId(\"minutes\"), (svg) => minutes(svg, [[\"this model\", 2], "
    "[\"nflfastR home_wp\", 3]]\n"
    "\t.map(([name, at]) => ({ name, points: numbers(\"by-minute\")"
    ".filter((r) => r[0] < 60 && r[at] !== undefined)\n"
    "\t\t.map((r) => [r[0] + 0.5, r[at]]) })).filter((l) => l.points.length)));\n"
    "show(byId(\"inputs\"), (svg) => bars(svg, rows(\"leans-on\")"
    ".map(([name, v]) => ({ name, value: +v }))));\n"
    "document.querySelectorAll(\"svg[data-home]\").forEach((svg, i) => {\n"
    "\tconst post = svg.hasAttribute(\"data-post\");\n"
    "\tconst plays = numbers(`plays-${i}`)"
    ".map(([elapsed, quarter, home_score, away_score, wp]) =>\n"
    "\t\t({ elapsed, quarter, home_score, away_score, wp: wp / 100, post }));\n"
    "\tconst game = { home: svg.dataset.home, away: svg.dataset.away, plays,\n"
    "\t\tcolours: { home: \"var(--mark)\", away: \"var(--warn)\" } };\n"
    "\tshow(svg, () => winChart(svg, game, plays, -1));\n});\n";

/* A table in a frame of its own that scrolls. */
static void
begin_table(struct gw_buf *out, const char *id, const char *label, const char *heads)
{
	gw_buf_printf(out,
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n"
	    "<table id=\"%s\">\n<tr>%s\n", label, id, heads);
}

static void
end_table(struct gw_buf *out)
{
	gw_buf_puts(out, "</table>\n</div>\n");
}

/* Drawn where there is JavaScript. */
static void
put_chart(struct gw_buf *out, const char *id, const char *label)
{
	gw_buf_printf(out,
	    "<svg id=\"%s\" class=\"plot\" role=\"img\" aria-label=\"%s\" hidden></svg>\n",
	    id, label);
}

static void
put_row(struct gw_buf *out, const char *name, const struct gw_slice_metrics *m)
{
	char auc[GW_AUC_TEXT_MAX];

	if (m->rows == 0)
		return;
	gw_auc_text(m->win.auc, auc);
	gw_buf_printf(out, "<tr><td>%s<td>%zu<td>%.4f<td>%.4f<td>%s<td>%.4f<td>%.3f<td>%.3f\n",
	    name, m->rows, m->win.log_loss, m->win.brier, auc, m->win.ece, m->home.mae,
	    m->away.mae);
}

static void
put_table(struct gw_buf *out, const struct gw_evaluation *e)
{
	static const char *const quarters[GW_QUARTERS] = {
		"quarter 1", "quarter 2", "quarter 3", "quarter 4", "overtime"
	};

	gw_buf_puts(out, "<h2>Figures</h2>\n");
	begin_table(out, "figures", "Figures", "<th>part<th>plays<th>log-loss<th>Brier<th>AUC"
	    "<th>ECE<th>home MAE<th>away MAE");
	put_row(out, "all", &e->all);
	for (size_t q = 0; q < GW_QUARTERS; q++)
		put_row(out, quarters[q], &e->by_quarter[q]);
	for (size_t i = 0; i < e->n_seasons && e->n_seasons > 1; i++) {
		char name[16];

		gw_seasons_text(&e->by_season[i].label, 1, name, sizeof(name));
		put_row(out, name, &e->by_season[i]);
	}
	end_table(out);
	gw_buf_puts(out, "<h2>Log-loss by quarter</h2>\n");
	put_chart(out, "quarters", "Log-loss by quarter");
}

static void
put_minutes(struct gw_buf *out, const struct gw_evaluation *e)
{
	gw_buf_puts(out, "<h2>Log-loss by minute</h2>\n");
	put_chart(out, "minutes", "Log-loss by minute of the game");
	gw_buf_puts(out, "<details><summary>As a table</summary>\n");
	begin_table(out, "by-minute", "Log-loss by minute", "<th>minute<th>plays<th>this model<th>"
	    GW_REFERENCE_NAME);
	for (int k = 0; k < GW_MINUTES; k++) {
		const struct gw_minute_loss *m = &e->by_minute[k];

		if (m->rows == 0)
			continue;
		gw_buf_printf(out, "<tr><td>%d%s<td>%zu<td>%.4f<td>", k,
		    k == GW_MINUTES - 1 ? " and later" : "", m->rows, m->log_loss);
		if (m->reference_rows > 0)
			gw_buf_printf(out, "%.4f", m->reference);
		gw_buf_putc(out, '\n');
	}
	end_table(out);
	gw_buf_puts(out, "</details>\n");
}

static void
put_importances(struct gw_buf *out, const struct gw_importances *m)
{
	if (m->rows == 0)
		return;
	gw_buf_printf(out, "<h2>What it leans on</h2>\n<p>How much is lost when the plays of each "
	    "game get one input from another game's, on %zu of the plays.</p>\n", m->rows);
	put_chart(out, "inputs", "Log-loss added by another game's input");
	begin_table(out, "leans-on", "What it leans on",
	    "<th>input<th>log-loss<th>final scores, points");
	for (int i = 0; i < GW_N_INPUTS; i++)
		if (m->log_loss[i] != 0 || m->score_error[i] != 0)
			gw_buf_printf(out, "<tr><td>%s<td>%+.4f<td>%+.3f\n",
			    gw_input_name((enum gw_input)i), m->log_loss[i], m->score_error[i]);
	end_table(out);
}

static void
put_head(struct gw_buf *out, const struct gw_model *m, const struct gw_head *h)
{
	char id[sizeof(h->name) + 8];
	size_t n = 0;

	for (size_t j = 0; j < m->n_features; j++)
		n += h->coef[j] != 0;
	gw_buf_printf(out, "<details><summary>%s: %s, %zu terms", h->name,
	    h->family == GW_LOGISTIC ? "logistic" : "linear", n);
	if (h->trees != NULL)
		gw_buf_printf(out, " and %zu trees", h->trees->n_trees);
	gw_buf_puts(out, "</summary>\n");
	snprintf(id, sizeof(id), "head-%s", h->name);
	begin_table(out, id, h->name, "<th>feature<th>coefficient<th>mean<th>scale");
	gw_buf_printf(out, "<tr><td>(intercept)<td>%.6g<td><td>\n", h->intercept);
	for (size_t j = 0; j < m->n_features; j++)
		if (h->coef[j] != 0)
			gw_buf_printf(out, "<tr><td>%s<td>%.6g<td>%.6g<td>%.6g\n",
			    m->features[j].name, h->coef[j], m->features[j].mean,
			    m->features[j].scale);
	end_table(out);
	gw_buf_puts(out, "</details>\n");
}

static void
put_coefficients(struct gw_buf *out, const struct gw_model *m)
{
	gw_buf_puts(out, "<h2>Coefficients</h2>\n<p>Of (feature - mean) / scale. "
	    "\"gridwire features\" has the definitions.</p>\n");
	for (size_t i = 0; i < m->n_heads; i++)
		put_head(out, m, &m->heads[i]);
}

/* The chart reads this table, so that there is one truth and who has no JavaScript has it too. */
static void
put_calibration(struct gw_buf *out, const struct gw_binary_metrics *m)
{
	gw_buf_puts(out, "<h2>Calibration</h2>\n<p>Of the plays given about so much, so many were"
	    " won by the home team; the larger the dot, the more plays. On the dashed line a"
	    " forecast keeps its word.</p>\n<svg id=\"calibration\" role=\"img\" aria-label=\""
	    "Observed share of home wins by predicted probability\" hidden></svg>\n");
	begin_table(out, "bins", "Calibration", "<th>predicted<th>observed<th>plays");
	for (size_t b = 0; b < GW_ECE_BINS; b++)
		if (m->bins[b].n > 0)
			gw_buf_printf(out, "<tr><td>%.2f%%<td>%.2f%%<td>%zu\n",
			    100 * m->bins[b].mean_p, 100 * m->bins[b].mean_y, m->bins[b].n);
	end_table(out);
}

static void
put_words(struct gw_buf *out, const struct gw_evaluation *e)
{
	gw_buf_printf(out,
	    "<p>Log-loss %.4f; drawing whole games, 95 %% of the draws lie from %.3f to"
	    " %.3f.",
	    e->all.win.log_loss, e->log_loss_lo, e->log_loss_hi);
	if (e->reference.rows > 0)
		gw_buf_printf(out, " Beside %s on the %zu plays that have it: %.4f against %.4f,"
		    " difference %+.4f (95 %% %+.4f to %+.4f, paired by game).", GW_REFERENCE_NAME,
		    e->reference.rows, e->reference.model_log_loss, e->reference.log_loss,
		    e->reference.diff, e->reference.lo, e->reference.hi);
	gw_buf_puts(out, "</p>\n");
}

void
gw_report_html(struct gw_buf *out, const struct gw_report *r)
{
	const struct gw_evaluation *e = r->evaluation;
	const struct gw_model *m = r->model;

	gw_buf_puts(out, head);
	gw_buf_put(out, r->look.css.ptr, r->look.css.len);
	gw_buf_puts(out, style);
	gw_buf_printf(out, "<title>%s:%d on %s</title>\n</head>\n<body>\n", m->name,
	    (int)m->version, r->seasons);
	gw_buf_puts(out, "<header class=\"top\"><p class=\"brand\">grid<b>wire</b></p></header>\n"
	    "<main>\n<section class=\"game\">\n");
	gw_buf_printf(out, "<h1>%s:%d on season %s</h1>\n", m->name, (int)m->version, r->seasons);
	gw_buf_printf(out, "<p>Features %s, trained on %s. Scored: %zu plays of %zu games.</p>\n",
	    m->feature_set, m->trained_on, e->all.rows, e->games);
	put_words(out, e);
	put_table(out, e);
	put_minutes(out, e);
	put_calibration(out, &e->all.win);
	gw_report_games_html(out, r);
	put_importances(out, &r->importances);
	put_coefficients(out, m);
	gw_buf_puts(out, "</section>\n</main>\n"
	    "<footer><p>Data: the nflverse project, CC BY 4.0.</p></footer>\n"
	    "<script type=\"module\">\n");
	gw_buf_put(out, r->look.charts.ptr, r->look.charts.len);
	gw_buf_puts(out, draw);
	gw_buf_puts(out, "</script>\n</body>\n</html>\n");
}
