/* SPDX-License-Identifier: MIT
 *
 * nfl/pairing.h - two sets of predictions of the same plays, joined play by play: how far they are
 * apart, and, where the game's outcome is known, which was better, with an interval over games.
 *
 * Used in this order: gw_pairing_add() for each prediction, gw_pairing_join(), gw_pairing_outcome()
 * for each game whose result is known, gw_pairing_judge().
 */
#ifndef GW_PAIRING_H
#define GW_PAIRING_H

#include "nfl/evaluation.h"

/* Who leads by then, this near the end, has won, where no result is given (as nfl/watch.h). */
#define GW_PAIRING_LAST_S	120

/* A prediction as it was published: what of its JSON is compared. */
struct gw_told {
	char		game_id[GW_GAME_ID_MAX];
	int64_t		play_id;
	int32_t		play_number, revision, quarter, time_remaining, home_score, away_score;
	double		p, home, away;		/* home_win_prob and the final scores predicted */
	bool		withdrawn;
	char		model[GW_MODEL_REF_MAX];
};

/* arena: of the JSON. 0, GW_EDATA with what is wrong, GW_ENOMEM. */
int	gw_told_parse(struct gw_slice text, struct gw_arena *arena, struct gw_told *out,
	    struct gw_err *err) GW_CHECK_RESULT;

/* A play both have predicted. Borrowed. */
struct gw_pair {
	const char	*game_id;
	int64_t		 play_id;
	int32_t		 play_number, quarter, time_remaining;
	double		 first, second;		/* chance of the home team */
	int		 home_won;		/* -1: not known */
};

struct gw_pairing_result {
	size_t		plays, games;		/* in both */
	size_t		only[2];		/* plays of the first, the second alone */
	size_t		same;			/* bit for bit */
	double		mean_apart, most_apart;	/* |first - second| */
	struct gw_pair	most;
	size_t		games_decided;
	/* The first is "the model". Scores need a result; a lead at the end says who won only. */
	struct gw_paired win, scores;
};

struct gw_pairing;

struct gw_pairing	*gw_pairing_new(struct gw_alloc *alloc);	/* NULL: out of memory */
void			 gw_pairing_free(struct gw_pairing *p);		/* NULL is accepted */
/* side 0 or 1. Of several of one play the highest revision counts, of those the last. GW_ENOMEM. */
int	gw_pairing_add(struct gw_pairing *p, int side, const struct gw_told *t) GW_CHECK_RESULT;
/* 0 or GW_ENOMEM. */
int	gw_pairing_join(struct gw_pairing *p) GW_CHECK_RESULT;
/* Seasons of the games that both have, ascending; how many. */
size_t	gw_pairing_years(const struct gw_pairing *p, int *years, size_t cap);
void	gw_pairing_outcome(struct gw_pairing *p, const char *game_id, int home, int away);
/* each (may be NULL) sees every pair, by game and play. 0, GW_ENOMEM, or what each returned. */
int	gw_pairing_judge(const struct gw_pairing *p, uint64_t seed,
	    int (*each)(void *arg, const struct gw_pair *pair), void *arg,
	    struct gw_pairing_result *out) GW_CHECK_RESULT;

#endif
