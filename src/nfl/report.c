/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/report.h"

#include <math.h>

/* The chart: 0..1 on both axes onto a square of this many units. */
#define SIDE	360.0
#define MARGIN	44.0

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n";
static const char style[] =
    "main{padding-bottom:2rem}.game{display:block}h1{font-size:1.4rem;margin:0 0 .6rem}"
    "h2{margin-top:1.2rem}td,th{text-align:right}td:first-child,th:first-child{text-align:left}"
    "svg{display:block;width:100%;max-width:30rem;height:auto}\n</style>\n";

static double
x_of(double p)
{
	return MARGIN + p * SIDE;
}

static double
y_of(double p)
{
	return 10 + (1 - p) * SIDE;
}

static void
put_axes(struct gw_buf *out)
{
	for (int i = 0; i <= 10; i += 2) {
		double p = i / 10.0;

		gw_buf_printf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\""
		    " class=\"rule\"/>\n", x_of(p), y_of(0), x_of(p), y_of(1));
		gw_buf_printf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\""
		    " class=\"rule\"/>\n", x_of(0), y_of(p), x_of(1), y_of(p));
		gw_buf_printf(out,
		    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d%%</text>\n", x_of(p),
		    y_of(0) + 18, i * 10);
		gw_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%d%%</text>\n",
		    x_of(0) - 6, y_of(p) + 4, i * 10);
	}
	gw_buf_printf(out,
	    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"diagonal\"/>\n",
	    x_of(0), y_of(0), x_of(1), y_of(1));
}

/* A dot per bin, its area by the share of the plays. */
static void
put_chart(struct gw_buf *out, const struct gw_binary_metrics *m)
{
	gw_buf_printf(out,
	    "<h2>Calibration</h2>\n<p>Of the plays given about so much, so many were won by"
	    " the home team; the larger the dot, the more plays. On the dashed line a forecast "
	    "keeps"
	    " its word.</p>\n<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"Observed "
	    "share of"
	    " home wins by predicted probability\">\n",
	    SIDE + MARGIN + 16, SIDE + 40);
	put_axes(out);
	for (size_t b = 0; b < GW_ECE_BINS; b++) {
		const struct gw_calibration_bin *bin = &m->bins[b];

		if (bin->n == 0)
			continue;
		gw_buf_printf(out,
		    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"bin\""
		    "><title>predicted %.1f%%, observed %.1f%%, %zu "
		    "plays</title>"
		    "</circle>\n",
		    x_of(bin->mean_p), y_of(bin->mean_y),
		    3 + 24 * sqrt((double)bin->n / (double)m->n), 100 * bin->mean_p,
		    100 * bin->mean_y, bin->n);
	}
	gw_buf_puts(out, "</svg>\n");
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
    const char *seasons, struct gw_slice css)
{
	gw_buf_puts(out, head);
	gw_buf_put(out, css.ptr, css.len);
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
	put_chart(out, &e->all.win);
	gw_buf_puts(out, "</section>\n</main>\n"
	    "<footer><p>Data: the nflverse project, CC BY 4.0.</p></footer>\n</body>\n</html>\n");
}
