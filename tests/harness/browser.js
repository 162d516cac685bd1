// browser.js MODULES AT OUT CHROMIUM: the pages in a real browser. Commands come as a JSON array on standard input:
//   {"login":[name,password]} {"go":path} {"fill":[selector,text]} {"choose":[selector,value]} {"files":[selector,paths]} {"click":selector}
//   {"press":key} {"see":text} {"unseen":text} {"shot":name} {"focus":selector} {"lang":tag} {"logout":true}
// After each page that is shown axe-core looks at it; every complaint, script error and blocked load is a failure.
'use strict';
const [modules, at, out, chromium] = process.argv.slice(2);
const { chromium: browserType } = require(modules + '/playwright-core');
const axe = require('fs').readFileSync(modules + '/axe-core/axe.min.js', 'utf8');
const commands = JSON.parse(require('fs').readFileSync(0, 'utf8'));
let failed = 0, checks = 0;
const bad = (what) => { failed++; console.log('FAILED:', what); };

(async () => {
  const browser = await browserType.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] });
  let context, page;
  const open = async (lang) => {
    if (context) await context.close();
    context = await browser.newContext({ locale: lang, viewport: { width: 1100, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(15000);
    page.on('pageerror', (e) => bad('script: ' + e.message));
    page.on('console', (m) => { if (/Content Security Policy|Refused to/.test(m.text())) bad('blocked: ' + m.text()); });
  };
  const look = async () => {
    checks++;
    // the policy of the pages forbids scripts from elsewhere, so the checker goes into a world of its own
    const session = await context.newCDPSession(page);
    const tree = await session.send('Page.getFrameTree');
    const world = await session.send('Page.createIsolatedWorld', { frameId: tree.frameTree.frame.id, worldName: 'axe' });
    await session.send('Runtime.evaluate', { expression: axe, contextId: world.executionContextId });
    const r = await session.send('Runtime.evaluate', { contextId: world.executionContextId, awaitPromise: true, returnByValue: true,
      expression: "axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','best-practice']}).then(r=>r.violations.map(v=>v.id+': '+v.help+' ('+v.nodes.map(n=>n.target.join(' ')).slice(0,3).join('; ')+')'))" });
    if (!r.result || !Array.isArray(r.result.value)) bad('axe did not run on ' + page.url());
    else for (const v of r.result.value) bad('axe ' + page.url() + ' ' + v);
    const weight = Buffer.byteLength(await page.content());
    if (weight > 61440) bad(page.url() + ': ' + weight + ' bytes');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (wide) bad(page.url() + ' is wider than the window');
    await session.detach();
  };
  await open('zh-CN');
  for (const c of commands) {
    const [verb, arg] = Object.entries(c)[0];
    try {
      if (verb === 'lang') await open(arg);
      else if (verb === 'go') { await page.goto('http://' + at + arg); await look(); }
      else if (verb === 'login') {
        await open('zh-CN');
        await page.goto('http://' + at + '/login'); await look();
        await page.fill('#name', arg[0]); await page.fill('#password', arg[1]);
        await Promise.all([page.waitForNavigation(), page.click('button.main')]); await look();
      }
      else if (verb === 'fill') await page.fill(arg[0], arg[1]);
      else if (verb === 'choose') await page.selectOption(arg[0], arg[1]);
      else if (verb === 'check') await page.check(arg);
      else if (verb === 'files') await page.setInputFiles(arg[0], arg[1]);
      else if (verb === 'click') { await Promise.all([page.waitForNavigation(), page.click(arg)]); await look(); }
      else if (verb === 'press') await page.keyboard.press(arg);
      else if (verb === 'focus') { checks++; if (!await page.evaluate((s) => document.activeElement && document.activeElement.matches(s), arg)) bad('focus is not on ' + arg); }
      else if (verb === 'see') { checks++; if (!(await page.innerText('body')).includes(arg)) bad('not on ' + page.url() + ': ' + arg); }
      else if (verb === 'unseen') { checks++; if ((await page.innerText('body')).includes(arg)) bad('on ' + page.url() + ': ' + arg); }
      else if (verb === 'shot') await page.screenshot({ path: out + '/' + arg + '.png', fullPage: true });
      else if (verb === 'pdf') await page.pdf({ path: out + '/' + arg + '.pdf', format: 'A4' });
      else bad('no such command: ' + verb);
    } catch (e) { bad(JSON.stringify(c) + ' ' + e.message.split('\n')[0]); await page.screenshot({ path: out + '/failed.png' }).catch(() => {}); break; }
  }
  await browser.close();
  console.log(checks + ' checks in the browser, ' + failed + ' failed');
  process.exit(failed ? 1 : 0);
})().catch((e) => { console.log('FAILED:', e.message.split('\n')[0]); process.exit(1); });
