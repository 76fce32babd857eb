#!/bin/sh
# Entrypoint of the image hive-redis. As in the official image, a command that begins with an option goes to
# redis-server, the data lies in /data, and protected mode is off: the container's network is the boundary.
set -eu

case "${1:-redis-server}" in -*) set -- redis-server "$@" ;; esac
if [ "${1:-redis-server}" != redis-server ]; then exec "$@"; fi
[ $# -gt 0 ] && shift

chown -R redis:redis /data
cd /data
exec start-stop-daemon -S -c redis:redis -x /usr/bin/redis-server -- --dir /data --protected-mode no "$@"
