#!/usr/bin/env bash
# The pages in a real Chromium: login, upload, verdicts, keyboard, paper; axe-core finds nothing on any page.
# Pictures are left in the build folder (screens/). Skipped where Chromium or the modules cannot be had.
. "$(dirname "$0")/../harness/lib.sh"
. "$(dirname "$0")/../harness/web.sh"
chromium=$(command -v chromium || command -v chromium-browser) || skip 'no chromium'
command -v node >/dev/null || skip 'no node'
modules=${BROWSER_MODULES:-$BUILD/browser/node_modules}
if [ ! -d "$modules/axe-core" ]; then
    command -v npm >/dev/null || skip 'no npm'
    mkdir -p "$BUILD/browser"
    (cd "$BUILD/browser" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 timeout 60 npm install --no-audit --no-fund playwright-core axe-core >/dev/null 2>&1)
    [ -d "$modules/axe-core" ] || skip 'playwright-core and axe-core cannot be had from npm'
fi
screens=$BUILD/screens
mkdir -p "$screens"
account 张三 clerk
account 李四 reviewer
account 王五 office-head
account 赵六 leader
printf 'key password 1\n' >"$here/kp"
for name in 王五 李四 赵六; do run 0 keys new "$name" --password-file "$here/kp" --state "$state"; done
serve_start
printf '机密★10年\n' >"$here/来文.txt"
cat >"$here/commands" <<P
[{"login":["张三","a good password 1"]},{"see":"上传检查"},{"shot":"upload"},
{"press":"Tab"},{"focus":".skip"},
{"fill":["#title","关于召开年度工作会议的通知"]},{"fill":["#docno","X办〔2026〕12号"]},{"choose":["#category","news"]},
{"files":["#files",["$SOURCE/samples/outbox/01-关于召开年度工作会议的通知.docx"]]},{"click":"button.main"},{"shot":"pass"},{"pdf":"pass"},{"click":"form[action='/submit'] button"},{"see":"待初审"},{"shot":"submitted"},
{"go":"/upload"},{"fill":["#title","临时救助名单公示"]},
{"files":["#files",["$SOURCE/samples/outbox/03-关于印发实施方案的通知.docx","$SOURCE/samples/outbox/04-临时救助发放名单.xlsx","$SOURCE/samples/outbox/05-临时救助公示名单.xlsx","$SOURCE/samples/outbox/18-加密附件.zip","$SOURCE/samples/outbox/12-会议纪要.txt","$here/来文.txt"]]},
{"click":"button.main"},{"see":"不得发布"},{"see":"立即停止"},{"see":"依据"},{"shot":"block"},{"pdf":"block"},
{"go":"/nothing"},{"see":"没有这个页面"},{"shot":"error"},
{"login":["王五","a good password 1"]},{"see":"等您办理"},{"shot":"today"},{"click":"tbody a"},{"shot":"release"},{"fill":["#pass-opinion","同意"]},{"fill":["#pass-password","key password 1"]},{"click":"form:has([value=pass]) button.main"},{"see":"待批准"},
{"login":["赵六","a good password 1"]},{"click":"tbody a"},{"fill":["#approve-opinion","同意"]},{"fill":["#approve-password","key password 1"]},{"shot":"approve"},{"click":"form:has([value=approve]) button.main"},{"see":"已批准公开"},{"shot":"approved"},{"pdf":"approved"},{"go":"/today"},{"see":"没有等您办理"},
{"login":["李四","a good password 1"]},{"go":"/releases"},{"see":"已批准公开"},{"go":"/stats"},{"see":"按类别"},{"shot":"stats"},{"go":"/log"},{"see":"签名日志核对无误"},{"see":"登录 李四 ok"},{"shot":"log"},{"go":"/runs"},{"see":"已保存 2 次检查"},{"shot":"runs"},{"click":"tbody a"},{"see":"临时救助发放名单"},{"go":"/runs"},{"choose":["#a",{"index":1}]},{"click":"fieldset button"},{"see":"新出现的命中"},{"shot":"compare"},
{"go":"/findings"},{"see":"公民身份号码"},{"shot":"findings"},{"click":".facets a:has(.tag.bad)"},{"unseen":"会议纪要.txt"},{"go":"/sheets"},{"see":"年度数字"},{"go":"/coverage"},{"see":"18-加密附件.zip"},{"shot":"coverage"},
{"go":"/log?type=login"},{"unseen":"检查配置"},
{"lang":"en"},{"go":"/login"},{"see":"Log in"},{"shot":"login-en"},
{"lang":"zh-CN"},{"go":"/login"},{"shot":"login"},{"fill":["#name","张三"]},{"fill":["#password","wrong password"]},{"click":"button.main"},{"see":"口令不对"}]
P
checks=$((checks + 1))
timeout 120 node "$SOURCE/tests/harness/browser.js" "$modules" "$at" "$screens" "$chromium" <"$here/commands" || bad 'in the browser'
serve_stop 0
finish
