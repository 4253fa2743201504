/* SPDX-License-Identifier: MIT
 *
 * tests/broker/suites.h - the suites of src/broker.
 */
#ifndef GW_TEST_BROKER_SUITES_H
#define GW_TEST_BROKER_SUITES_H

#include <check.h>

Suite	*check_map_suite(void);
Suite	*check_segment_suite(void);
Suite	*check_plog_suite(void);
Suite	*check_recovery_suite(void);
Suite	*check_producer_state_suite(void);
Suite	*check_meta_suite(void);
Suite	*check_ngroup_suite(void);
Suite	*check_topic_config_suite(void);
Suite	*check_group_suite(void);
Suite	*check_requests_suite(void);
Suite	*check_group_requests_suite(void);
Suite	*check_txn_suite(void);
Suite	*check_txn_requests_suite(void);
Suite	*check_admin_requests_suite(void);
Suite	*check_broker_suite(void);
Suite	*check_memory_suite(void);

#endif
