#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# panels.py PROMETHEUS DASHBOARD BROKER - asks a Prometheus what every panel of our dashboard asks, and what the
# panels and variables of kafka_exporter's own dashboard ask of the instance BROKER. Prints what has no data.
import json
import sys
import urllib.parse
import urllib.request

PROMETHEUS, DASHBOARD, BROKER = sys.argv[1:]
WHERE = f'instance=~"{BROKER}",topic=~"nfl-plays|nfl-predictions"'
OTHERS = [
    f'sum(rate(kafka_topic_partition_current_offset{{{WHERE}}}[1m])) by (topic)',
    f'sum(kafka_consumergroup_lag{{{WHERE}}}) by (consumergroup, topic)',
    f'sum(delta(kafka_topic_partition_current_offset{{{WHERE}}}[5m])/5) by (topic)',
    f'sum(delta(kafka_consumergroup_current_offset{{{WHERE}}}[5m])/5) by (consumergroup, topic)',
    f'sum by(topic) (kafka_topic_partitions{{{WHERE}}})',
    f'count by (job, instance) (kafka_consumergroup_current_offset{{instance="{BROKER}"}})',
    f"count by (topic) (kafka_topic_partition_current_offset{{instance='{BROKER}',topic!='__consumer_offsets'}})",
]


def data(query):
    url = f'{PROMETHEUS}/api/v1/query?' + urllib.parse.urlencode({'query': query})
    return json.load(urllib.request.urlopen(url, timeout=20))['data']['result']


def main():
    with open(DASHBOARD) as f:
        ours = [(p['title'], t['expr'].replace('$__rate_interval', '30s'))
                for p in json.load(f)['panels'] for t in p.get('targets', [])]
    if len(ours) < 45:
        sys.exit(f'the dashboard has only {len(ours)} queries')
    empty = [f'{title}: {query}' for title, query in ours + [('kafka_exporter', q) for q in OTHERS]
             if all(r['value'][1] == 'NaN' for r in data(query))]
    print(*empty, sep='\n')
    return len(empty) > 0


sys.exit(main())
