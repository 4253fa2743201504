/* SPDX-License-Identifier: MIT
 *
 * apps/page/page_files.c - each .inc is its file as a list of bytes; src/apps/local.mk makes them.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "apps/page/page_files.h"

#include <string.h>

static const unsigned char index_html[] = {
#include "apps/page/web/index.html.inc"
};
static const unsigned char page_css[] = {
#include "apps/page/web/page.css.inc"
};
static const unsigned char page_js[] = {
#include "apps/page/web/page.js.inc"
};
static const unsigned char games_js[] = {
#include "apps/page/web/games.js.inc"
};
static const unsigned char chart_js[] = {
#include "apps/page/web/chart.js.inc"
};
static const unsigned char teams_js[] = {
#include "apps/page/web/teams.js.inc"
};
static const unsigned char icon_svg[] = {
#include "apps/page/web/icon.svg.inc"
};

#define FILE_OF(path, type, bytes) { path, type, bytes, sizeof(bytes) }
#define SCRIPT	"text/javascript; charset=utf-8"

const struct gw_page_file gw_page_files[GW_PAGE_FILES] = {
	FILE_OF("/", "text/html; charset=utf-8", index_html),
	FILE_OF("/page.css", "text/css; charset=utf-8", page_css),
	FILE_OF("/page.js", SCRIPT, page_js),
	FILE_OF("/games.js", SCRIPT, games_js),
	FILE_OF("/chart.js", SCRIPT, chart_js),
	FILE_OF("/teams.js", SCRIPT, teams_js),
	FILE_OF("/icon.svg", "image/svg+xml", icon_svg),
};

struct gw_slice
gw_page_bytes(const char *path)
{
	for (size_t i = 0; i < GW_PAGE_FILES; i++)
		if (strcmp(gw_page_files[i].path, path) == 0)
			return (struct gw_slice){ (const char *)gw_page_files[i].bytes,
				gw_page_files[i].len };
	return (struct gw_slice){ NULL, 0 };
}
