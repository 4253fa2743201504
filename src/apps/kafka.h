/* SPDX-License-Identifier: MIT
 *
 * apps/kafka.h - what the verbs that talk to a cluster share: options, a client in a loop.
 */
#ifndef GW_KAFKA_H
#define GW_KAFKA_H

#include <gridwire/gridwire.h>

#include "apps/app.h"
#include "apps/decode/capture.h"
#include "apps/loop.h"
#include "apps/properties.h"

/* First rows of the verb's table; its own indices begin at GW_N_KAFKA_OPTS. */
#define GW_KAFKA_OPTS \
	{ 'b', "bootstrap-server", "HOST:PORT[,...]", \
	    "brokers to ask first (default $GRIDWIRE_BOOTSTRAP, then 127.0.0.1:9092)" }, \
	{ 'X', "property", "KEY=VALUE", "client configuration by Java's keys; may be repeated" }, \
	{ 'F', "config-file", "FILE", \
	    "the same from a file of Java properties, ${env:NAME} and ${file:PATH} in it; " \
	    "-X goes first" }, \
	{ 'q', "quiet", NULL, "errors only" }, \
	{ 'v', "verbose", NULL, "say more; twice: everything" }, \
	{ 'd', "debug", "WHAT", "everything; WHAT is accepted for kcat's sake, \"all\"" }, \
	{ 0, "capture", "FILE", "keep every frame in FILE; \"gridwire decode\" shows it" }

enum {
	GW_KAFKA_BOOTSTRAP, GW_KAFKA_PROPERTY, GW_KAFKA_FILE, GW_KAFKA_QUIET, GW_KAFKA_VERBOSE,
	GW_KAFKA_DEBUG, GW_KAFKA_CAPTURE, GW_N_KAFKA_OPTS
};

struct gw_kafka_args {
	struct gw_app	*app;
	const char	*bootstrap, *file, *capture;	/* as given; NULL: not */
	struct gw_buf	 properties;		/* "key=value\n" of every -X */
	bool		 quiet;
	int		 verbose;
};

void	gw_kafka_args_init(struct gw_kafka_args *a, struct gw_app *app);
void	gw_kafka_args_fini(struct gw_kafka_args *a);
/* Takes option i if it is one of GW_KAFKA_OPTS: 1, else 0; GW_E* when its value is wrong. */
int	gw_kafka_arg(struct gw_kafka_args *a, int i, const char *value, struct gw_err *err);

/* Takes an option or word that is none of GW_KAFKA_OPTS: >= 0, or GW_E* with err. */
typedef int	gw_option_fn(void *arg, int i, const char *value, struct gw_err *err);
/* The whole command line: those of GW_KAFKA_OPTS into a, the others to take(). 0 or GW_E*. */
int	gw_kafka_options(struct gw_kafka_args *a, struct gw_cli *cli, gw_option_fn *take, void *arg,
	    struct gw_err *err);

/* A client as the only part of a loop. */
struct gw_kafka {
	struct gw_app		*app;
	struct gw_client	*client;
	struct gw_capture	*capture;	/* NULL: none */
	struct gw_part		 part;
	struct gw_loop		 loop;
	const char		*bootstrap;	/* for messages */
	size_t			 n_servers, n_refusals;	/* before the first connection */
	bool			 connected;
	char			 warning[GW_ERR_MSG_MAX];	/* the last one said */
	int64_t			 warned_us;
};

/* Keys of the program itself, which the client does not see: one file can serve both. */
#define GW_OUR_KEYS	"gridwire."

/* 0, or what is wrong with this pair alone. */
int	gw_kafka_check_property(struct gw_alloc *alloc, const struct gw_property *one,
	    struct gw_err *err);
/* The client's keys as "key=value\n..." appended to out, checked; err has path and line. */
int	gw_kafka_put_properties(const struct gw_properties *p, const char *path,
	    struct gw_buf *out, struct gw_err *err);

/*
 * The client's configuration: the default bootstrap, then defaults ("key=value\n..." or NULL), then
 * -F, -X and -b; a later one wins. Sets the verbosity. 0, GW_EINVAL, GW_EIO..., GW_ENOMEM.
 */
int	gw_kafka_config(struct gw_kafka_args *a, const char *defaults, struct gw_buf *out,
	    struct gw_err *err);
int	gw_kafka_open(struct gw_kafka *k, struct gw_kafka_args *a, const char *defaults,
	    struct gw_err *err);
void	gw_kafka_close(struct gw_kafka *k);

/*
 * An event that is an error: warns, or says (as GW_E*) that going on is useless: authentication
 * failed, or every bootstrap server refused and none was ever reached. Other events: 0.
 */
int	gw_kafka_event(struct gw_kafka *k, const struct gw_event *ev, struct gw_err *err);
/* Say it, but not the same again and again. */
void	gw_kafka_warn(struct gw_kafka *k, const struct gw_err *err, bool retriable);
/* One turn of the loop for who has no other events to handle. 0 (also after a signal) or GW_E*. */
int	gw_kafka_turn(struct gw_kafka *k, int64_t deadline_us, struct gw_err *err);

/* Until the call ends: 0, GW_EINTR when asked to stop, or the call's error in err. */
int	gw_kafka_wait(struct gw_kafka *k, struct gw_call *call, struct gw_err *err);

/* Turns until this moment of the env's clock. 0, GW_EINTR or GW_E*. */
int	gw_kafka_sleep(struct gw_kafka *k, int64_t us, struct gw_err *err);

/* The topic in a cluster's description, or NULL. Look at its error. */
const struct gw_topic_info *gw_kafka_find_topic(const struct gw_call *call, const char *topic);

/* Of a partition in a list of one topic's offsets; -1: not in it, or call is NULL. */
int64_t	gw_kafka_offset(const struct gw_call *call, int32_t partition);

/*
 * The cluster with this topic; info lives until gw_call_free(*call). 0 or err; an unknown topic is
 * told by name (Kafka's code 3). One that has just been made and has no leader yet is waited for.
 */
int	gw_kafka_topic(struct gw_kafka *k, const char *topic, struct gw_call **call,
	    const struct gw_topic_info **info, struct gw_err *err);

#endif
