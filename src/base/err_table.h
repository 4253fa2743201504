/* SPDX-License-Identifier: MIT
 *
 * base/err_table.h - the tables behind base/err.c; nobody else includes this.
 */
#ifndef GW_ERR_TABLE_H
#define GW_ERR_TABLE_H

#include <stdbool.h>

struct gw_err_row {
	int		 code;
	bool		 retriable;
	const char	*name, *text;
};

struct gw_err_sys_row {
	int		 sys_errno, code;
	const char	*text;		/* NULL: not in the table */
};

const struct gw_err_row		*gw_err_row(int code);		/* NULL: unknown */
const struct gw_err_sys_row	*gw_err_sys_row(int sys_errno);	/* never NULL */

#endif
