"""A saved run with many findings: big_run.py FINDINGS PER-ITEM"""
import json, sys


def line(**k):
    print(json.dumps(k, ensure_ascii=False, separators=(',', ':')))


n, per = int(sys.argv[1]), int(sys.argv[2])
items = n // per
line(type='run', v=1, program='mishen', id='20261125T020556Z-1b78cc1d', packs=[], policy='p', sandbox=True, lock='seccomp+landlock',
     started='2026-11-25T02:05:56.423422Z')
line(type='rule', id='person.idcard', name='公民身份号码', name_en='Resident ID number', category='个人信息',
     explain='出现完整的公民身份号码。', advice='删除号码，或者只留前两位和后三位，其余用星号遮盖，然后重新检查。', basis='《中华人民共和国个人信息保护法》第四条')
for i in range(items):
    path = '网站/科室%02d/2026年/临时救助发放名单（第%d批）.xlsx' % (i % 37, i)
    line(type='item', n=i, path=path, size=20480, sha256='%064x' % i, sm3='%064x' % (i * 7), format='xlsx', verdict='BLOCK', outcome='scanned',
         reason=None, findings=per, ms=3)
    for k in range(per):
        line(type='finding', item=i, rule='person.idcard', name='公民身份号码', category='个人信息', tier='BLOCK',
             place=dict(vpath=path + '!xl/worksheets/sheet1.xml', role='body', page=None, sheet='发放名单', cell='C%d' % (k + 2), line=k + 2,
                        column=4), count=1, length=18, excerpt='35*************%03d' % (k % 1000), fp='%032x' % (i * per + k))
line(type='summary', items=items, bytes=items * 20480, findings=n, verdicts={'PASS': 0, 'REVIEW': 0, 'BLOCK': items, 'NOT-INSPECTED': 0},
     complete=True, exit=1, ms=9, finished='2026-11-25T02:06:56.423422Z', log=dict(origin='local/x', size=9, root='r'))
