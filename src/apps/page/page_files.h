/* SPDX-License-Identifier: MIT
 *
 * apps/page/page_files.h - the files of src/apps/page, which make puts into the program as they
 * are.
 */
#ifndef GW_PAGE_FILES_H
#define GW_PAGE_FILES_H

#include <gridwire/types.h>

struct gw_page_file {
	const char	*path;		/* of the request: "/page.css" */
	const char	*type;
	const unsigned char *bytes;
	size_t		 len;
};

#define GW_PAGE_FILES 7

extern const struct gw_page_file gw_page_files[GW_PAGE_FILES];

/* The bytes of one of them; nothing when there is none of this path. */
struct gw_slice gw_page_bytes(const char *path);

#endif
