/* SPDX-License-Identifier: MIT
 *
 * wire/msg_describe_cluster.c - DescribeCluster (key 60), always flexible.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "wire/msg_describe_cluster.h"

void
gw_describe_cluster_request_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_cluster_request *r = msg;

	gw_bool(w, "IncludeClusterAuthorizedOperations", 0, GW_MAX,
	    &r->include_cluster_authorized_operations, false);
	gw_i8(w, "EndpointType", 1, GW_MAX, &r->endpoint_type, 1);
	gw_bool(w, "IncludeFencedBrokers", 2, GW_MAX, &r->include_fenced_brokers, false);
	gw_tags(w);
}

static void
describe_cluster_broker(struct gw_codec *w, struct gw_describe_cluster_broker *b)
{
	gw_i32(w, "BrokerId", 0, GW_MAX, &b->broker_id, 0);
	gw_string(w, "Host", 0, GW_MAX, &b->host);
	gw_i32(w, "Port", 0, GW_MAX, &b->port, 0);
	gw_string(gw_null(w, 0), "Rack", 0, GW_MAX, &b->rack);
	gw_bool(w, "IsFenced", 2, GW_MAX, &b->is_fenced, false);
	gw_tags(w);
}

void
gw_describe_cluster_response_visit(struct gw_codec *w, void *msg)
{
	struct gw_describe_cluster_response *r = msg;
	struct gw_describe_cluster_broker *b;

	gw_i32(w, "ThrottleTimeMs", 0, GW_MAX, &r->throttle_time_ms, 0);
	gw_i16(w, "ErrorCode", 0, GW_MAX, &r->error_code, 0);
	gw_string(gw_null(w, 0), "ErrorMessage", 0, GW_MAX, &r->error_message);
	gw_i8(w, "EndpointType", 1, GW_MAX, &r->endpoint_type, 1);
	gw_string(w, "ClusterId", 0, GW_MAX, &r->cluster_id);
	gw_i32(w, "ControllerId", 0, GW_MAX, &r->controller_id, -1);
	GW_EACH(w, "Brokers", 0, GW_MAX, b, r->brokers, r->n_brokers)
		describe_cluster_broker(w, b);
	gw_i32(w, "ClusterAuthorizedOperations", 0, GW_MAX, &r->cluster_authorized_operations,
	    INT32_MIN);
	gw_tags(w);
}
