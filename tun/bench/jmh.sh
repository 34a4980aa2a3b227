#!/bin/bash
# What the parts of tun cost, by JMH: taking super-packets apart, putting them together, checksums.
#
# usage: tun/bench/jmh.sh [words for JMH]      for instance: tun/bench/jmh.sh Merge -p size=1348 -prof gc; without words all of them, about 2 minutes
# Run it alone on the machine; under 15 % is noise. Needs Maven and a JDK 21 or newer under /usr/lib/jvm, or as JAVA_HOME.
set -euo pipefail
cd "$(dirname "$0")/../.."
module=tun
mvn -B -q -Pbench -pl $module test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath -Dmdep.includeScope=test
newest=20 home=
for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do     # as the launcher chooses
  release=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release" 2> /dev/null || true)
  if [ -n "$release" ] && [ "$release" -gt "$newest" ]; then newest=$release home=$candidate; fi
done
[ -n "$home" ] || { echo "needs Java 21 or newer under /usr/lib/jvm, or as JAVA_HOME" >&2; exit 1; }
exec "$home/bin/java" -cp "$module/target/bench-classes:$module/target/classes:$(cat $module/target/bench.classpath)" org.openjdk.jmh.Main "$@"
