/* SPDX-License-Identifier: MIT
 *
 * tests/client/suites.h - one suite a file.
 */
#ifndef GW_TEST_CLIENT_SUITES_H
#define GW_TEST_CLIENT_SUITES_H

#include <check.h>

Suite	*check_admin_suite(void);
Suite	*check_admin_changes_suite(void);
Suite	*check_assignor_suite(void);
Suite	*check_configuration_suite(void);
Suite	*check_conn_suite(void);
Suite	*check_consumer_suite(void);
Suite	*check_group_suite(void);
Suite	*check_group_consumer_suite(void);
Suite	*check_login_suite(void);
Suite	*check_memory_suite(void);
Suite	*check_nomem_suite(void);
Suite	*check_outbox_suite(void);
Suite	*check_partitioner_suite(void);
Suite	*check_producer_suite(void);
Suite	*check_silence_suite(void);
Suite	*check_txn_suite(void);

#endif
