#!/usr/bin/env bash
# A Docker engine on a bare Debian, and the two images that the acceptance suite needs, without a registry.
#
#   eval "$(.ci/docker.sh start)"   installs docker.io if there is no dockerd, starts one, builds the images,
#                                   prints DOCKER_HOST, HIVE_POSTGRES_IMAGE and HIVE_REDIS_IMAGE as exports
#   .ci/docker.sh stop              ends the dockerd that start began, by its own pid; never anybody else's
#
# An engine that answers already is used and left running. Needs root only to install and start one.
# Everything said to people goes to stderr. Exit code 1 and the end of dockerd's log when no engine can be had.
set -euo pipefail
# dockerd and what it calls live here, which an ordinary user's PATH may leave out.
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=${HIVE_DOCKER_STATE:-/var/lib/hive-queen-docker}
socket=unix://$state/docker.sock
pid_file=$state/dockerd.pid
log=$state/dockerd.log

say() { echo "docker: $*" >&2; }
answers() { DOCKER_HOST=$1 timeout 5 docker info >/dev/null 2>&1; }
ours() { [ -s "$pid_file" ] && [ "$(cat "/proc/$(cat "$pid_file")/comm" 2>/dev/null)" = dockerd ]; }

install_packages() {
  [ "$(id -u)" = 0 ] || { say "there is no Docker engine, and only root can install and start one"; exit 1; }
  say "installing docker.io"
  export DEBIAN_FRONTEND=noninteractive
  apt-cache show docker.io >/dev/null 2>&1 || apt-get update -q >&2
  local packages=(docker.io)
  # Since Debian 13 the client is a package of its own.
  apt-cache show docker-cli >/dev/null 2>&1 && packages+=(docker-cli)
  apt-get install -qy --no-install-recommends "${packages[@]}" >&2 || { apt-get update -q >&2; apt-get install -qy --no-install-recommends "${packages[@]}" >&2; }
}

# Machines without an init system may lack the hierarchy that containers need.
mount_cgroups() {
  mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null || say "/sys/fs/cgroup cannot be mounted"
}

# launch OPTION...: true when a dockerd with these options answers within 30 s.
launch() {
  say "starting dockerd $*"
  rm -f "$pid_file"
  setsid nohup dockerd -H "$socket" --data-root "$state/data" --exec-root "$state/exec" --pidfile "$pid_file" "$@" </dev/null >"$log" 2>&1 &
  local child=$! waited
  for waited in $(seq 1 120); do
    answers "$socket" && return 0
    kill -0 "$child" 2>/dev/null || break
    sleep 0.25
  done
  stop
  return 1
}

# From the ordinary engine to the one that asks the least of the kernel. Published ports work in all of them:
# without iptables, docker-proxy carries them.
start_engine() {
  command -v dockerd >/dev/null && command -v docker >/dev/null || install_packages
  mkdir -p "$state"
  chmod 711 "$state"
  mount_cgroups
  launch || launch --storage-driver=vfs || launch --storage-driver=vfs --iptables=false --ip6tables=false --ip-masq=false && return
  say "no Docker engine can be started here; the end of $log:"
  tail -n 15 "$log" >&2
  exit 1
}

start() {
  if [ -n "${DOCKER_HOST:-}" ] && answers "$DOCKER_HOST"; then say "using the engine at $DOCKER_HOST"
  elif answers unix:///var/run/docker.sock; then export DOCKER_HOST=unix:///var/run/docker.sock
  else
    ours && answers "$socket" || start_engine
    export DOCKER_HOST=$socket
  fi
  if [ -z "${HIVE_POSTGRES_IMAGE:-}" ] || [ -z "${HIVE_REDIS_IMAGE:-}" ]; then
    local names
    names=$("$here/images/build.sh")
    read -r postgres redis <<<"$names"
  fi
  echo "export DOCKER_HOST=$DOCKER_HOST"
  echo "export HIVE_POSTGRES_IMAGE=${HIVE_POSTGRES_IMAGE:-$postgres}"
  echo "export HIVE_REDIS_IMAGE=${HIVE_REDIS_IMAGE:-$redis}"
}

stop() {
  ours || return 0
  local pid waited
  pid=$(cat "$pid_file")
  kill "$pid"
  for waited in $(seq 1 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  say "dockerd ($pid) does not end; killing it"
  kill -9 "$pid"
}

case "${1:-start}" in
  start) start ;;
  stop) stop ;;
  *) say "usage: .ci/docker.sh [start|stop]"; exit 2 ;;
esac
