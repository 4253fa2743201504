/* SPDX-License-Identifier: MIT
 *
 * client/silence.c - brokers that owe an answer and do not say why.
 *
 * A process that is stopped, or a host that is cut off, keeps its connections: without more,
 * requests under way there would wait for request.timeout.ms. The cluster knows after the broker's
 * session: its metadata, asked of the others meanwhile, names that broker no more, and what waits
 * there is taken back. Produce requests keep their sequences, so that nothing is written twice
 * should the broker have taken them after all.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/internal.h"
#include "client/metadata.h"

#define LOOK_EVERY_US	125000
#define LOOK_PART	16	/* of a long silence: slow is more likely than dead */

void
gw_cluster_look(struct gw_client *c, int64_t silence_us)
{
	struct gw_cluster *k = &c->cluster;
	int64_t every = silence_us / LOOK_PART, at;

	if (!k->metadata_known || k->metadata_under_way)
		return;
	at = k->metadata_asked_us + (every > LOOK_EVERY_US ? every : LOOK_EVERY_US);
	if (at <= c->now.us)
		gw_cluster_refresh(c);
	else
		gw_wake(c, at);
}

/* The owner's request is not to blame: another one holds it up. */
static bool
is_stuck(struct gw_client *c, const struct gw_conn *conn, const void *owner)
{
	int64_t at = gw_conn_stuck_us(conn);

	if (conn->first == NULL || conn->first->handler.owner == owner)
		return false;
	if (at > c->now.us)
		gw_wake(c, at);
	return at <= c->now.us;
}

bool
gw_cluster_abandon(struct gw_client *c, struct gw_conn *conn, const void *owner,
    gw_reply_fn *late)
{
	struct gw_conn *other;

	if (!gw_conn_is_silent(conn) && !is_stuck(c, conn, owner))
		return false;
	other = gw_cluster_any(c);
	if (other == NULL || gw_conn_is_silent(other) || gw_conn_stuck_us(other) <= c->now.us)
		return false;
	gw_conn_forget(conn, owner, late);
	return true;
}

static int64_t
silent_since(struct gw_client *c, const struct gw_broker *b)
{
	int64_t since = GW_NEVER_US;

	for (int i = 0; i < GW_ROLES; i++)
		since = gw_earlier(since, b->conns[i].silent_us);
	gw_wake(c, since > c->now.us ? since : GW_NEVER_US);
	return since;
}

/* Asked after it fell silent, the others say that it is not of the cluster any more. */
static bool
is_gone(const struct gw_client *c, const struct gw_broker *b, int64_t since)
{
	return b->node_id >= 0 && !b->is_known && c->cluster.metadata_known &&
	    c->cluster.metadata_true_us >= since;
}

static void
give_up(struct gw_client *c, struct gw_broker *b)
{
	for (int i = 0; i < GW_ROLES; i++) {
		if (b->conns[i].first != NULL || gw_conn_is_silent(&b->conns[i]))
			gw_conn_fail(&b->conns[i], GW_ETIMEOUT, "does not answer and the cluster "
			    "names it no more; what waits for it is tried elsewhere");
		else
			gw_conn_close(&b->conns[i], GW_ECLOSED, "");
	}
	c->again = true;
}

void
gw_silence_step(struct gw_client *c)
{
	for (struct gw_broker *b = c->cluster.brokers; b != NULL; b = b->next) {
		int64_t since = silent_since(c, b);

		if (since > c->now.us)
			continue;
		if (is_gone(c, b, since))
			give_up(c, b);
		else
			gw_cluster_look(c, c->now.us - since);
	}
}
