#!/usr/bin/env bash
# Make the console's styles and scripts anew from the published packages: Paragon's CSS cut down to what the templates use, for
# both directions of reading; htmx; the part of Chart.js that is used. For developers, with Node.js and npm, after a template
# has taken a class of Paragon's that none had before, or a package has a new version. What it makes is committed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export CONSOLE="$root/attempts_api/console"
public="$CONSOLE/public"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package*.json "$here"/charts.js "$here"/purgecss.config.cjs "$work"
cd "$work"
# Without addresses of registries in the lock.
npm ci --omit-lockfile-registry-resolved --legacy-peer-deps --no-audit --no-fund --loglevel=error
paragon=node_modules/@openedx/paragon/dist
cat "$paragon/core.min.css" "$paragon/light.min.css" >all.css
npx purgecss --config purgecss.config.cjs --css all.css --output cut.css
npx esbuild cut.css --minify --legal-comments=none --outfile=paragon.css --log-level=error
npx rtlcss --silent paragon.css paragon.rtl.css
npx esbuild paragon.rtl.css --minify --legal-comments=none --outfile="$public/paragon.rtl.css" --allow-overwrite --log-level=error
cp paragon.css "$public/paragon.css"
npx esbuild charts.js --bundle --minify --legal-comments=none --outfile="$public/charts.js" --allow-overwrite --log-level=error
cp node_modules/htmx.org/dist/htmx.min.js "$public/htmx.js"
mkdir -p "$public/licenses"
cp node_modules/@openedx/paragon/LICENSE "$public/licenses/paragon.txt"
cp node_modules/htmx.org/LICENSE "$public/licenses/htmx.txt"
cp node_modules/chart.js/LICENSE.md "$public/licenses/chartjs.txt"
wc -c "$public"/*.css "$public"/*.js
