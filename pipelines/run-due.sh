#!/bin/bash
# run-due.sh - send what has waited in the queue for [queue] sync_time; for
# cron, or a timer, every few minutes.  Where nothing has, no run is begun.
set -u

time=$(millrace-config get queue.sync_time) || exit
[ "$time" != manual ] || exit 0
waits=$(led queue --older "$time") || exit
[ -n "$waits" ] || exit 0
exec millrace queue run --older "$time"
