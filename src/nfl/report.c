/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/report.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; script-src 'unsafe-inline'\">\n<style>\n";
static const char style[] =
    "main{padding-bottom:2rem}.game{display:block}h1{font-size:1.4rem;margin:0 0 .6rem}"
    "h2{margin-top:1.2rem}td,th{text-align:right}td:first-child,th:first-child{text-align:left}"
    "#calibration{max-width:30rem;height:25rem}\n</style>\n";
static const char draw[] =
    "const svg = document.getElementById(\"calibration\");\n"
    "const rows = [...document.querySelectorAll(\"#bins tr\")].slice(1);\n"
    "const bins = rows.map((r) => [...r.cells].map((c) => parseFloat(c.textContent)))\n"
    "\t.map(([p, y, n]) => ({ p: p / 100, y: y / 100, n }));\n\n"
    "svg.toggleAttribute(\"hidden\", false);\n"
    "new ResizeObserver(() => reliability(svg, bins)).observe(svg);\n";

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

	gw_buf_puts(out,
	    "<h2>Figures</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\""
	    " aria-label=\"Figures\">\n<table>\n<tr><th>part<th>plays<th>log-loss<th>Brier<th>AUC"
	    "<th>ECE<th>home MAE<th>away MAE\n");
	put_row(out, "all", &e->all);
	for (size_t q = 0; q < GW_QUARTERS; q++)
		put_row(out, quarters[q], &e->by_quarter[q]);
	for (size_t i = 0; i < e->n_seasons && e->n_seasons > 1; i++) {
		char name[16];

		gw_seasons_text(&e->by_season[i].label, 1, name, sizeof(name));
		put_row(out, name, &e->by_season[i]);
	}
	gw_buf_puts(out, "</table>\n</div>\n");
}

/* The chart reads this table, so that there is one truth and who has no JavaScript has it too. */
static void
put_calibration(struct gw_buf *out, const struct gw_binary_metrics *m, struct gw_slice charts)
{
	gw_buf_puts(out, "<h2>Calibration</h2>\n<p>Of the plays given about so much, so many were"
	    " won by the home team; the larger the dot, the more plays. On the dashed line a"
	    " forecast keeps its word.</p>\n<svg id=\"calibration\" role=\"img\" aria-label=\""
	    "Observed share of home wins by predicted probability\" hidden></svg>\n"
	    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Calibration\">\n"
	    "<table id=\"bins\">\n<tr><th>predicted<th>observed<th>plays\n");
	for (size_t b = 0; b < GW_ECE_BINS; b++)
		if (m->bins[b].n > 0)
			gw_buf_printf(out, "<tr><td>%.2f%%<td>%.2f%%<td>%zu\n",
			    100 * m->bins[b].mean_p, 100 * m->bins[b].mean_y, m->bins[b].n);
	gw_buf_puts(out, "</table>\n</div>\n<script type=\"module\">\n");
	gw_buf_put(out, charts.ptr, charts.len);
	gw_buf_puts(out, draw);
	gw_buf_puts(out, "</script>\n");
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
gw_report_html(struct gw_buf *out, const struct gw_evaluation *e, const struct gw_model *m,
    const char *seasons, const struct gw_report_look *look)
{
	gw_buf_puts(out, head);
	gw_buf_put(out, look->css.ptr, look->css.len);
	gw_buf_puts(out, style);
	gw_buf_printf(out, "<title>%s:%d on %s</title>\n</head>\n<body>\n", m->name,
	    (int)m->version, seasons);
	gw_buf_puts(out, "<header class=\"top\"><p class=\"brand\">grid<b>wire</b></p></header>\n"
	    "<main>\n<section class=\"game\">\n");
	gw_buf_printf(out, "<h1>%s:%d on season %s</h1>\n", m->name, (int)m->version, seasons);
	gw_buf_printf(out, "<p>Features %s, trained on %s. Scored: %zu plays of %zu games.</p>\n",
	    m->feature_set, m->trained_on, e->all.rows, e->games);
	put_words(out, e);
	put_table(out, e);
	put_calibration(out, &e->all.win, look->charts);
	gw_buf_puts(out, "</section>\n</main>\n"
	    "<footer><p>Data: the nflverse project, CC BY 4.0.</p></footer>\n</body>\n</html>\n");
}
