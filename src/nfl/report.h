/* SPDX-License-Identifier: MIT
 *
 * nfl/report.h - an evaluation as one HTML page: no script, nothing loaded from elsewhere.
 */
#ifndef GW_REPORT_H
#define GW_REPORT_H

#include "ml/model.h"
#include "nfl/evaluation.h"

/*
 * css: the live page's, so that the two look like one product; its classes .rule, .bin, .diagonal
 * draw the chart. Deterministic. Names of models are letters, digits, '.', '_', '-': there is
 * nothing to escape.
 */
void	gw_report_html(struct gw_buf *out, const struct gw_evaluation *e, const struct gw_model *m,
	    const char *seasons, struct gw_slice css);

#endif
