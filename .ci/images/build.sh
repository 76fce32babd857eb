#!/usr/bin/env bash
# Builds the images hive-postgres and hive-redis without a registry: the programs that the embedded way uses, the
# libraries they load from this machine, and a static busybox for the entrypoint. Needs `npm ci`, docker, apt.
# Does nothing for an image that exists and was built from the same recipe. Prints the two image names.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../.." && pwd)

eval "$(PATH="$clone/node_modules/.bin:$PATH" node "$clone/support/provision/prepare.ts")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# busybox ROOT: a shell and the small programs of the entrypoints, without a library.
busybox() {
  if [ ! -e "$work/busybox" ]; then
    local found
    if ! found=$(type -P busybox) || ldd "$found" >/dev/null 2>&1; then
      (cd "$work" && { apt-get -qq -o APT::Sandbox::User= download busybox-static || { apt-get -qq update && apt-get -qq -o APT::Sandbox::User= download busybox-static; }; } >&2 && dpkg -x busybox-static*.deb unpacked)
      found=$(find "$work/unpacked" -path "*/bin/busybox" -type f)
    fi
    cp "$found" "$work/busybox"
  fi
  mkdir -p "$1"/{bin,etc,tmp,usr/bin,usr/lib/locale}
  chmod 1777 "$1/tmp"
  cp "$work/busybox" "$1/bin/busybox"
  "$work/busybox" --list | while read -r applet; do [ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"; done
}

# libraries ROOT PROGRAM...: what these programs load from the system, at the paths where the loader looks for it.
libraries() {
  local root=$1 library
  shift
  # Some libraries are behind links (usr-merge); -L copies what they point at.
  for library in $(ldd "$@" 2>/dev/null | grep -o '/[^ ]*\.so[^ ]*' | sort -u); do
    case $library in "$POSTGRES_PROGRAMS"/*) continue ;; esac
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

# account ROOT NAME
account() {
  printf 'root:x:0:0:root:/root:/bin/sh\n%s:x:999:999::/:/bin/sh\n' "$2" >"$1/etc/passwd"
  printf 'root:x:0:\n%s:x:999:\n' "$2" >"$1/etc/group"
}

recipe_of() { cat "$here/build.sh" "$here/$1/entrypoint.sh" <(echo "$2") | sha256sum | cut -c1-16; }
is_built() { [ "$(docker image inspect -f '{{index .Config.Labels "hive-queen.recipe"}}' "$1" 2>/dev/null)" = "$2" ]; }

# import IMAGE RECIPE ROOT CHANGE...
import() {
  local image=$1 recipe=$2 root=$3 changes=() change
  shift 3
  for change in "$@" "LABEL hive-queen.recipe=$recipe" 'ENTRYPOINT ["/entrypoint.sh"]'; do changes+=(--change "$change"); done
  tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | docker import "${changes[@]}" - "$image" >/dev/null
  echo "built image $image" >&2
}

build_postgres() {
  local image=$1 root=$work/postgres recipe
  recipe=$(recipe_of postgres "$POSTGRES_VERSION")
  is_built "$image" "$recipe" && return
  busybox "$root"
  account "$root" postgres
  mkdir -p "$root/opt" "$root/var/lib/postgresql"
  cp -a "$POSTGRES_PROGRAMS" "$root/opt/postgres"
  libraries "$root" "$POSTGRES_PROGRAMS"/bin/* "$POSTGRES_PROGRAMS"/lib/*.so* "$POSTGRES_PROGRAMS"/lib/postgresql/{pgcrypto,citext,pg_trgm,dict_snowball,libpqwalreceiver}.so
  # The C library reads this locale from files.
  cp -a /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
  install -m 755 "$here/postgres/entrypoint.sh" "$root/entrypoint.sh"
  import "$image" "$recipe" "$root" 'CMD ["postgres"]' 'EXPOSE 5432' 'ENV PATH=/opt/postgres/bin:/bin:/usr/bin'
}

build_redis() {
  local image=$1 root=$work/redis recipe
  recipe=$(recipe_of redis "$REDIS_VERSION")
  is_built "$image" "$recipe" && return
  busybox "$root"
  account "$root" redis
  mkdir -p "$root/data"
  cp -L "$REDIS_PROGRAM" "$root/usr/bin/redis-server"
  LD_LIBRARY_PATH=$REDIS_LIBRARIES libraries "$root" "$REDIS_PROGRAM"
  # What lay in the unpacked package lies outside the loader's own folders.
  local library
  find "$root" -path "$root/usr/lib" -prune -o -path "$root/lib*" -prune -o -name '*.so*' -type f -print | while read -r library; do mv "$library" "$root/usr/lib/"; done
  install -m 755 "$here/redis/entrypoint.sh" "$root/entrypoint.sh"
  import "$image" "$recipe" "$root" 'CMD ["redis-server"]' 'EXPOSE 6379' 'ENV PATH=/bin:/usr/bin LD_LIBRARY_PATH=/usr/lib'
}

build_postgres "hive-postgres:${POSTGRES_VERSION%%.*}"
build_redis "hive-redis:${REDIS_VERSION%%.*}"
echo "hive-postgres:${POSTGRES_VERSION%%.*} hive-redis:${REDIS_VERSION%%.*}"
