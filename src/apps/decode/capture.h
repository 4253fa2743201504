/* SPDX-License-Identifier: MIT
 *
 * apps/decode/capture.h - the frames of a client in a file, as --capture writes and "gridwire
 * decode" reads them.
 *
 * The file is the 8 bytes of GW_CAPTURE_MAGIC, then for each frame a header of GW_CAPTURE_HEADER
 * bytes, big endian, and the frame without its size:
 *	0 int64 Unix time in microseconds; 8 int32 broker (-1: not known yet); 12 int8 1 request,
 *	0 response; 13 int8 0; 14 uint16 port; 16 int16 API key; 18 int16 version; 20 uint32 length
 * Of logins there are only the headers (gw_on_frame()).
 */
#ifndef GW_CAPTURE_H
#define GW_CAPTURE_H

#include <gridwire/gridwire.h>

#include "base/env.h"

#define GW_CAPTURE_MAGIC	"gwcap\0\0\1"
#define GW_CAPTURE_MAGIC_LEN	8
#define GW_CAPTURE_HEADER	24

struct gw_capture;

/* A new file, or an old one emptied, that only its owner reads. NULL with err: GW_EIO... */
struct gw_capture *gw_capture_new(struct gw_env *env, const char *path, struct gw_err *err);
void	gw_capture_frame(void *capture, const struct gw_frame *f);	/* for gw_on_frame() */
/* Writes what is left. 0, or why the file is not whole. NULL is accepted. */
int	gw_capture_free(struct gw_capture *c, struct gw_err *err);

struct gw_captured {
	int64_t		time_us;	/* Unix epoch */
	int32_t		broker;
	bool		is_request;
	uint16_t	port;
	int16_t		api_key, api_version;
	struct gw_slice	bytes;
};
/* The next frame of a file's text behind the magic: its size there, or 0: none that is whole. */
size_t	gw_capture_next(struct gw_slice rest, struct gw_captured *out);

#endif
