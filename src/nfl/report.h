/* SPDX-License-Identifier: MIT
 *
 * nfl/report.h - an evaluation as one HTML page that loads nothing from elsewhere.
 */
#ifndef GW_REPORT_H
#define GW_REPORT_H

#include "ml/model.h"
#include "nfl/evaluation.h"

/* The live page's own files, so that the two are one product. */
struct gw_report_look {
	struct gw_slice	css;
	struct gw_slice	charts;		/* chart.js: its reliability() draws what the table holds */
};

/*
 * Without JavaScript there is the table alone. Deterministic. Names of models are letters, digits,
 * '.', '_', '-': there is nothing to escape.
 */
void	gw_report_html(struct gw_buf *out, const struct gw_evaluation *e, const struct gw_model *m,
	    const char *seasons, const struct gw_report_look *look);

#endif
