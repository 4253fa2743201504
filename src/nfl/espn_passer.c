/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/espn_carry.h"

#include "base/slice.h"

/* Where it begins in s, or s.len. */
static size_t
find(struct gw_slice s, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= s.len; i++)
		if (memcmp(s.ptr + i, what, len) == 0)
			return i;
	return s.len;
}

/* "12-G.Minshew II" is "II", which will do: his others are, too. */
static struct gw_slice
last_word(struct gw_slice s)
{
	size_t from = s.len;

	while (from > 0 && s.ptr[from - 1] != ' ' && s.ptr[from - 1] != '.' &&
	    s.ptr[from - 1] != '-')
		from--;
	return (struct gw_slice){ s.ptr + from, s.len - from };
}

struct gw_slice
gw_espn_passer(struct gw_slice text)
{
	static const char from[] = " pass from ";
	size_t at = find(text, from);

	if (at < text.len) {
		at += sizeof(from) - 1;
		text.ptr += at;
		text.len -= at;
		text.len = find(text, " (");
		return last_word(gw_slice_trim(text));
	}
	if ((at = find(text, " pass ")) == text.len && (at = find(text, " sacked ")) == text.len)
		return (struct gw_slice){ "", 0 };
	return last_word((struct gw_slice){ text.ptr, at });
}

static void
take_passer(struct gw_espn_passers *team, struct gw_slice name)
{
	char now[GW_ESPN_PASSER_MAX] = { 0 };

	if (name.len == 0)
		return;
	memcpy(now, name.ptr, name.len < sizeof(now) ? name.len : sizeof(now) - 1);
	if (team->first[0] == '\0')
		memcpy(team->first, now, sizeof(now));
	if (strcmp(team->first, now) == 0)
		team->backup = false;
	else if (strcmp(team->last, now) == 0)
		team->backup = true;
	memcpy(team->last, now, sizeof(now));
}

void
gw_espn_carry_take(struct gw_espn_carry *c, struct gw_play *p, struct gw_slice text)
{
	/* Who received the first kick-off kicks off the second half. */
	if (!c->kicked_off && p->quarter == 1 && p->type == GW_PLAY_KICKOFF) {
		c->kicked_off = true;
		c->home_received = p->is_home_team;
	}
	if (c->kicked_off) {
		p->home_receives_2h = !c->home_received;
		p->has |= GW_HAS_SECOND_HALF;
	}
	p->home_backup_qb = c->passers[1].backup;
	p->away_backup_qb = c->passers[0].backup;
	p->has |= GW_HAS_HOME_BACKUP_QB | GW_HAS_AWAY_BACKUP_QB;
	if (p->type == GW_PLAY_PASS)
		take_passer(&c->passers[p->is_home_team], gw_espn_passer(text));
}
