#!/usr/bin/env python3
"""Make pages as public bodies publish them, and pages that must not be published.

  make_pages.py OUTDIR [--count N]

Writes OUTDIR/lawful and OUTDIR/leak, N (default 780) files each: texts, CSV and web pages. The same
N gives the same bytes. All people, firms, numbers and papers are made up.
"""

import argparse
import html
import random
from pathlib import Path

SURNAMES = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许邓冯韩曹曾'
GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华平刚桂兰建国志红玉萍海波文'
TOWNS = ['青溪镇', '白石街道', '南浦街道', '云和乡', '金桥镇', '东塘街道', '沙洲镇', '北岭乡']
VILLAGES = ['上坞村', '下坞村', '前进村', '红旗社区', '新桥村', '沿江社区', '大塘村', '莲花社区']
BUREAUS = ['民政局', '教育局', '财政局', '水利局', '农业农村局', '卫生健康局', '交通运输局', '住房和城乡建设局']
OFFICES = ['办公室', '综合科', '法规科', '人事科', '规划科', '监督科', '财务科', '信息中心']
CITY = '临川市'
FIRMS = ['宏达建设', '远航信息技术', '绿野园林', '恒通市政工程', '明德咨询', '安信物业', '众诚检测', '天和医疗器械']
MATTERS = ['秋冬季防火', '农村饮水安全', '义务教育招生', '老旧小区改造', '养老服务', '河道保洁', '安全生产', '防汛抗旱']
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
REGIONS = ['330102', '330203', '360102', '430104', '510107', '320106', '420106', '440305']
ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'


class Maker:
    """Random but repeatable pieces."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, *choices):
        return self.r.choice(choices[0] if len(choices) == 1 else choices)

    def number(self, low, high):
        return self.r.randint(low, high)

    def name(self):
        return self.pick(SURNAMES) + ''.join(self.pick(GIVEN) for _ in range(self.number(1, 2)))

    def identity(self):
        body = '%s%04d%02d%02d%03d' % (
            self.pick(REGIONS), self.number(1940, 2012), self.number(1, 12), self.number(1, 28), self.number(1, 999))
        return body + '10X98765432'[sum(w * int(c) for w, c in zip(WEIGHTS, body)) % 11]

    def masked_identity(self):
        number = self.identity()
        return self.pick(number[:2] + '*' * 13 + number[-3:], number[:6] + '*' * 8 + number[-4:],
                         number[:4] + '**********' + number[-4:])

    def mobile(self):
        return self.pick('130', '135', '138', '139', '150', '158', '177', '181', '189', '191') + '%08d' % self.number(0, 99999999)

    def masked_mobile(self):
        number = self.mobile()
        return number[:3] + '****' + number[-4:]

    def landline(self):
        return '0579-8%07d' % self.number(0, 9999999)

    def card(self):
        body = self.pick('622848', '622202', '621700', '622700', '621462') + '%012d' % self.number(0, 10**12 - 1)
        total = 0
        for place, digit in enumerate(reversed(body)):
            value = int(digit) * (2 - place % 2)
            total += value - 9 if value > 9 else value
        return body + str(-total % 10)

    def credit_code(self):
        body = '91' + self.pick(REGIONS) + ''.join(self.pick(ALPHABET) for _ in range(9))
        total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
        return body + ALPHABET[-total % 31]

    def firm(self):
        return CITY[:2] + self.pick(FIRMS) + self.pick('有限公司', '股份有限公司', '集团有限公司')

    def bureau(self):
        return CITY + self.pick(BUREAUS)

    def date(self):
        return '%d年%d月%d日' % (self.number(2019, 2026), self.number(1, 12), self.number(1, 28))

    def docno(self):
        return '临%s发〔%d〕%d号' % (self.pick('民', '教', '财', '水', '政办', '卫'), self.number(2019, 2026), self.number(1, 180))

    def money(self):
        return '%.2f' % (self.number(1000, 99999999) / 100)

    def village(self):
        return self.pick(TOWNS) + self.pick(VILLAGES)

    def rows(self, heads, makers, low=6, high=30, numbered=True):
        """A table: a list of lists of strings."""
        table = [(['序号'] if numbered else []) + heads]
        for place in range(self.number(low, high)):
            table.append(([str(place + 1)] if numbered else []) + [make() for make in makers])
        return table


# --- forms of a page


def text_table(table, sign='\t'):
    return '\n'.join(sign.join(row) for row in table)


def web_table(table):
    body = ''.join('<tr>%s</tr>' % ''.join('<td>%s</td>' % html.escape(c) for c in row) for row in table)
    return '<table border="1">%s</table>' % body


def page(maker, title, parts):
    """(suffix, bytes) of a page; a part is a paragraph or a table."""
    kind = maker.pick('txt', 'txt', 'html', 'gbk')
    if kind == 'html':
        body = ''.join(web_table(p) if isinstance(p, list) else ''.join('<p>%s</p>' % html.escape(l) for l in p.split('\n')) for p in parts)
        return 'html', ('<!DOCTYPE html><html><head><meta charset="utf-8"><title>%s</title></head><body><div class="nav">'
                        '<a href="/">首页</a> <a href="/zwgk/">政务公开</a></div><h1>%s</h1>%s<div class="foot">主办：%s'
                        '　网站标识码：33070000%02d</div></body></html>' % (title, title, body, CITY, maker.number(1, 99))).encode()
    sign = maker.pick('\t', '\t', '|', '  ')
    text = '\n'.join([title] + [text_table(p, sign) if isinstance(p, list) else p for p in parts]) + '\n'
    return ('txt', text.encode('gb18030')) if kind == 'gbk' else ('txt', text.encode())


def csv_page(table):
    return 'csv', ('\ufeff' + '\r\n'.join(','.join(row) for row in table) + '\r\n').encode()


# --- lawful


def notice(m):
    matter = m.pick(MATTERS)
    return page(m, '关于做好%s工作的通知' % matter, [
        '%s\n各镇人民政府、街道办事处：' % m.docno(),
        '为做好%s工作，现将有关事项通知如下。' % matter,
        '一、提高认识，压实责任。各单位要把%s摆上重要位置，主要负责人亲自抓。' % matter,
        '二、突出重点，抓好落实。请于%s前将工作总结报送我局。' % m.date(),
        '联系人：%s，联系电话：%s。' % (m.name(), m.pick(m.landline(), m.mobile())),
        '%s\n%s' % (m.bureau(), m.date()), '（此件公开发布）'])


def appointment(m):
    table = m.rows(['姓名', '性别', '出生年月', '学历', '现任职务', '拟任职务'],
                   [m.name, lambda: m.pick('男', '女'), lambda: '%d.%02d' % (m.number(1968, 1995), m.number(1, 12)),
                    lambda: m.pick('本科', '研究生', '大专'), lambda: m.pick('科员', '副科长', '科长'),
                    lambda: m.pick('科长', '副局长', '四级调研员')], 3, 9)
    return page(m, '干部任前公示', ['根据有关规定，现将拟任职人选予以公示，公示期五个工作日。', table,
                               '监督举报电话：12380，%s。' % m.landline(), CITY + '委组织部\n' + m.date()])


def exam(m):
    table = m.rows(['姓名', '准考证号', '笔试成绩', '面试成绩', '总成绩', '名次'],
                   [m.name, lambda: '2026%06d' % m.number(1, 999999), lambda: '%.1f' % (m.number(500, 900) / 10),
                    lambda: '%.1f' % (m.number(600, 950) / 10), lambda: '%.2f' % (m.number(5500, 9200) / 100), lambda: str(m.number(1, 30))])
    return page(m, '事业单位公开招聘综合成绩公示', ['现将综合成绩及入围体检人员名单公布如下。', table, '咨询电话：' + m.landline()])


def tender(m):
    table = m.rows(['投标单位', '投标报价（元）', '技术得分', '商务得分', '综合排名'],
                   [m.firm, m.money, lambda: '%.2f' % (m.number(3000, 6000) / 100), lambda: '%.2f' % (m.number(1000, 3000) / 100),
                    lambda: str(m.number(1, 5))], 3, 6)
    return page(m, m.pick(MATTERS) + '项目中标结果公告', [
        '项目编号：LCZB-%d-%03d' % (m.number(2020, 2026), m.number(1, 400)), table,
        '中标单位：%s，统一社会信用代码：%s，中标金额：%s元。' % (m.firm(), m.credit_code(), m.money()),
        '采购人：%s，联系人：%s，电话：%s' % (m.bureau(), m.name(), m.landline()),
        '采购代理机构：%s，联系人：%s，联系电话：%s' % (m.firm(), m.name(), m.mobile()),
        '投标保证金账户：开户名称：%s；开户行：临川农商银行；账号：2010%011d' % (m.firm(), m.number(0, 10**11 - 1))])


def punishment(m):
    table = m.rows(['行政相对人名称', '统一社会信用代码', '处罚决定书文号', '处罚内容', '处罚日期'],
                   [m.firm, m.credit_code, lambda: '临综执罚决字〔2026〕第%04d号' % m.number(1, 900), lambda: '罚款%s元' % m.money(), m.date], 4, 14)
    return page(m, '行政处罚信息公示', [table, '异议反馈：%s法规科，%s' % (m.bureau(), m.landline())])


def masked_list(m):
    heads, makers = ['姓名', '身份证号', '村（社区）', '联系电话', '补助金额'], [m.name, m.masked_identity, m.village, m.masked_mobile, m.money]
    return page(m, m.pick('高龄津贴', '农机购置补贴', '危房改造补助', '临时救助') + '发放公示',
                ['根据个人信息保护要求，证件号码和电话已作遮盖。', m.rows(heads, makers), '监督电话：' + m.landline()])


def welfare(m):
    table = m.rows(['姓名', '村（社区）', '保障人口', '月保障金额'], [m.name, m.village, lambda: str(m.number(1, 5)), m.money])
    return page(m, '最低生活保障对象长期公示', ['现将在册低保对象公示如下，请群众监督。', table, '举报电话：%s' % m.landline()])


def guide(m):
    return page(m, m.pick('居住证', '老年优待证', '生育登记', '残疾人证', '不动产登记') + '办事指南', [
        '一、受理条件：本市户籍或者在本市居住半年以上。',
        '二、申请材料：1.居民身份证原件及复印件；2.户口簿；3.银行卡复印件；4.近期免冠照片两张。',
        '三、申请表须填写姓名、身份证号、手机号码、家庭住址。经办人员对申请人的个人信息负有保密义务。',
        '四、办理地点：%s政务服务中心%d号窗口。咨询电话：%s。' % (CITY, m.number(1, 60), m.landline()),
        '五、办理时限：%d个工作日。' % m.number(1, 20)])


def directory(m):
    table = m.rows(['科室', '负责人', '办公电话', '办公地点'], [lambda: m.pick(OFFICES), m.name, m.landline, lambda: '%d室' % m.number(101, 920)], 5, 12, False)
    return page(m, m.bureau() + '内设机构及联系方式', [table, '办公时间：工作日8:30—17:00', '地址：临川市江滨路%d号' % m.number(1, 300)])


def rivers(m):
    table = m.rows(['河道名称', '河长姓名', '河长职务', '联系电话'],
                   [lambda: m.pick('青溪', '梅江', '沙溪', '白水河') + m.pick('上段', '下段', '干流'), m.name, lambda: m.pick('镇长', '村书记', '副镇长'), m.landline], 5, 15)
    return page(m, m.pick(TOWNS) + '河长公示牌信息', [table, '监督电话：' + m.landline()])


def statistics(m):
    table = m.rows(['指标', '本期', '上年同期', '增长（%）'],
                   [lambda: m.pick('生产总值', '社会消费品零售总额', '固定资产投资', '用电量', '财政总收入'), m.money, m.money, lambda: '%.1f' % (m.number(-80, 160) / 10)], 6, 20, False)
    return page(m, '%d年国民经济主要指标' % m.number(2018, 2026), [table, '注：本表数据为初步统计数，共%d张表，编号%012d。' % (m.number(2, 9), m.number(1, 10**12 - 1))])


def consultation(m):
    return page(m, '关于公开征求《%s管理办法（征求意见稿）》意见的公告' % m.pick(MATTERS), [
        '为规范有关工作，我局起草了办法草案，现向社会公开征求意见。',
        '公众可在%s前通过以下途径提出意见：' % m.date(),
        '1.电子邮箱：fgk@lcs.example.cn\n2.信函：临川市江滨路%d号%s法规科收，邮编3210%02d\n3.联系电话：%s，联系人：%s' % (
            m.number(1, 300), m.bureau(), m.number(0, 99), m.landline(), m.name())])


def outage(m):
    return page(m, '停水公告', ['因管网改造，%s 8时至18时%s停水，请用户做好储水准备。' % (m.date(), m.village()),
                             '抢修热线：%s，值班电话：%s' % (m.landline(), m.mobile())])


def secrecy_lesson(m):
    level, years = m.pick(('机密', 20), ('秘密', 10), ('绝密', 30))
    return page(m, '保密法律法规知识问答', [
        '问：国家秘密的密级分为几级？\n答：分为绝密、机密、秘密三级。绝密级国家秘密的保密期限不超过三十年，机密级不超过二十年，秘密级不超过十年。',
        '问：国家秘密标志怎么标？\n答：由密级、五角星和保密期限组成，例如“%s★%d年”。' % (level, m.number(1, years)),
        '问：工作秘密可以上网吗？\n答：不可以。公开前应当进行保密审查，做到先审查、后公开。',
        '问：公开的内容涉及商业秘密怎么办？\n答：应当书面征求第三方的意见。'])


def secrecy_news(m):
    return page(m, m.bureau() + '组织开展保密教育', [
        '%s，%s组织全体干部观看保密警示教育片，学习《中华人民共和国保守国家秘密法》。' % (m.date(), m.bureau()),
        '会议强调，要严守国家秘密和工作秘密，管好涉密载体和内部资料，做到涉密不上网、上网不涉密。',
        '分管领导指出，机关工作人员要保守秘密，慎之又慎，凡对外公开的信息都要落实保密审查。'])


def minutes_news(m):
    return page(m, '市政府召开常务会议', ['%s，市长%s主持召开市政府第%d次常务会议，研究%s等工作。' % (m.date(), m.name(), m.number(1, 90), m.pick(MATTERS)),
                                 '会议审议通过了《%s实施方案》，要求各部门密切配合，抓好落实。' % m.pick(MATTERS)])


def budget(m):
    table = m.rows(['功能分类科目', '科目编码', '基本支出', '项目支出', '合计'],
                   [lambda: m.pick('行政运行', '社会保障', '城乡社区', '教育支出'), lambda: '2%06d' % m.number(0, 999999), m.money, m.money, m.money], 6, 20, False)
    return page(m, '%s%d年部门预算' % (m.bureau(), m.number(2020, 2026)), ['按照要求，涉密事项除外，现将部门预算公开如下（单位：万元）。', table])


def school(m):
    table = m.rows(['学校', '招生片区', '计划班数', '咨询电话'],
                   [lambda: m.pick('第一小学', '实验小学', '江滨小学', '育才中学'), m.village, lambda: str(m.number(1, 9)), m.landline], 4, 10)
    return page(m, '义务教育阶段学校招生公告', [table, '报名须携带户口簿、监护人身份证、房产证。'])


def environment(m):
    return page(m, '建设项目环境影响评价第一次公示', [
        '建设单位：%s；联系人：%s；联系电话：%s' % (m.firm(), m.name(), m.mobile()),
        '评价机构：%s；联系人：%s；联系电话：%s' % (m.firm(), m.name(), m.mobile()),
        '公众可在公示之日起十个工作日内反馈意见，建设单位对反映人的个人信息予以保密。'])


def opening_guide(m):
    return page(m, '政府信息公开指南', [
        '本机关公开政府信息分为主动公开和依申请公开。依法确定为国家秘密的，以及公开后可能危及国家安全、公共安全、经济安全、社会稳定的，不予公开。',
        '申请人应当提供身份证明、联系方式和所需信息的名称。受理机构：%s办公室，电话%s。' % (m.bureau(), m.landline()),
        '本机关内部事务信息、过程性信息可以不予公开。'])


def open_csv(m):
    return csv_page(m.rows(['企业名称', '统一社会信用代码', '注册地址', '许可证编号', '有效期至'],
                           [m.firm, m.credit_code, lambda: '临川市江滨路%d号' % m.number(1, 300), lambda: 'XK%08d' % m.number(1, 99999999), m.date], 10, 40))


def shops(m):
    table = m.rows(['门店', '星级', '推荐理由'], [lambda: m.pick('老街面馆', '秘密花园餐厅', '江边茶楼', '机关食堂'), lambda: '★' * m.number(1, 5),
                                         lambda: m.pick('食材新鲜', '明厨亮灶', '价格公道')], 4, 10)
    return page(m, '餐饮服务食品安全量化等级公示', [table])


def winners(m):
    table = m.rows(['姓名', '单位', '获奖项目', '等次'], [m.name, m.firm, lambda: m.pick('摄影', '书法', '征文'), lambda: m.pick('一等奖', '二等奖', '三等奖')], 5, 15)
    return page(m, '主题活动获奖名单', [table])


def school_phone(m):
    table = m.rows(['单位', '职务', '姓名', '手机'], [lambda: m.pick(TOWNS), lambda: m.pick('网格长', '网格员', '联络员'), m.name, m.mobile], 5, 12)
    return page(m, '基层网格员公开联系表', ['为方便群众办事，现将网格员联系方式公布如下。', table])


def web_page(m, title, body, head=''):
    """A page with the source that sites have around a text."""
    return 'html', ('<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>%s</title>%s'
                    '<script src="https://hm.baidu.com/hm.js?%032x"></script><script src="/js/jquery-3.6.%d.min.js"></script>'
                    '</head><body>%s</body></html>' % (title, head, m.number(0, 16**32 - 1), m.number(0, 4), body)).encode()


def plate(m):
    return '浙' + m.pick('ABCDG') + ''.join(m.pick('0123456789ABCDEFGHJK') for _ in range(2)) + '%03d' % m.number(0, 999)


def login_page(m):
    return web_page(m, '统一身份认证', '<form action="https://sso.lcs.example.cn/login" method="post"><input type="text" name="username" placeholder="用户名">'
                    '<input type="password" name="password" id="pwd%d" placeholder="密码：8至20位"></form><script>var password = $("#pwd").val(); '
                    'if (password == "") { alert("请输入密码"); } var token = $("meta[name=csrf-token]").attr("content"); '
                    'var reg = /^(?=.*\\d)(?=.*[a-z])[\\w!@#]{8,20}$/;</script>' % m.number(1, 9))


def portal(m):
    links = ''.join('<a href="http://www.%s.gov.cn/">%s</a>' % (m.pick('zj', 'gd', 'hn', 'lc'), m.bureau()) for _ in range(6))
    return web_page(m, CITY + '人民政府', '<div class="menu" style="display: none">%s<a href="/zwgk/">公开</a></div><p style="text-indent:2em">%s</p>'
                    '<div style="display:none"><script src="https://s4.cnzz.com/z.js?id=%d"></script></div>'
                    '<div style="position:absolute;left:-5px;top:-12px"><a href="http://bszs.conac.cn/">党政机关</a></div>' % (
                        links, '今日要闻：%s工作部署会召开。' % m.pick(MATTERS), m.number(10**8, 10**9)))


def published_paper(m):
    return page(m, m.bureau() + '文件', ['%06d' % m.number(1, 300), m.docno(), '关于印发《%s实施方案》的通知' % m.pick(MATTERS),
                                       '各镇人民政府、街道办事处：\n现印发给你们，请认真贯彻执行。', m.bureau() + '\n' + m.date(), '（此件公开发布）'])


def papers_guide(m):
    return page(m, m.pick('护照', '港澳通行证', '社会保障卡', '驾驶证', '军官证优待') + '办理须知', [
        '申请人须提交居民身份证、近期照片和申请表；未成年人由监护人陪同。',
        '护照号码、通行证号码以证件首页为准；社会保障卡遗失请拨打12333挂失。',
        '收费标准：每本%d元。办理时限%d个工作日，咨询电话：%s。' % (m.number(60, 160), m.number(5, 20), m.landline())])


def vehicles(m):
    table = m.rows(['车牌号', '所属企业', '车型', '检测日期'], [lambda: plate(m), m.firm, lambda: m.pick('轻型货车', '出租车', '公交车'), m.date], 5, 15)
    return page(m, '营运车辆检测结果公示', [table])


def doctors(m):
    table = m.rows(['医疗机构', '负责人', '地址', '联系电话'], [lambda: m.pick(TOWNS) + '卫生院', m.name, lambda: '江滨路%d号' % m.number(1, 300), m.landline], 5, 12)
    return page(m, '发热门诊名单', [table, '确诊患者应当及时就医；患者个人信息依法予以保护。'])


def duty(m):
    table = m.rows(['日期', '值班领导', '职务', '值班电话'], [m.date, m.name, lambda: m.pick('镇长', '副镇长', '党委委员'), m.mobile], 5, 8)
    return page(m, m.pick(TOWNS) + '防汛值班安排表', [table])


def posts(m):
    table = m.rows(['招聘单位', '岗位', '人数', '联系人', '联系电话'], [m.firm, lambda: m.pick('会计', '文员', '操作工'), lambda: str(m.number(1, 9)), m.name, m.mobile], 5, 15)
    return page(m, '春风行动招聘岗位信息', [table])


def farms(m):
    table = m.rows(['家庭农场名称', '经营者', '经营地址', '主营项目'], [lambda: m.pick('绿源', '丰收', '青山') + '家庭农场', m.name, m.village, lambda: m.pick('水稻', '茶叶', '生猪')], 5, 12)
    return page(m, '示范性家庭农场名单公示', [table])


def army_news(m):
    return page(m, '军民共建活动', ['八一前夕，%s领导走访慰问驻地部队官兵，送去节日祝福。' % CITY, '%d名退役军人代表参加座谈。' % m.number(5, 30)])


def court(m):
    return page(m, '公告送达', ['%s：本院受理原告%s诉你方买卖合同纠纷一案（（2026）浙0702民初%d号），公民身份号码%s。' % (m.name(), m.firm(), m.number(1, 9000), m.masked_identity()),
                           '自公告之日起经过30日即视为送达。联系电话：%s' % m.landline()])


def petitions(m):
    table = m.rows(['编号', '来信人', '联系电话', '办理情况'], [lambda: 'XF%08d' % m.number(1, 99999999), lambda: m.name()[0] + '**', m.masked_mobile, lambda: m.pick('已办结', '办理中')], 5, 12)
    return page(m, '来信办理情况公示', [table])


def system_notice(m):
    return page(m, '关于信息系统升级的通知', ['系统将于%s升级，届时请使用新密码登录，初始密码为身份证号后六位，首次登录须修改。' % m.date(),
                                       '密码长度不少于8位，应当包含字母、数字。忘记密码请联系信息中心，电话%s。' % m.landline(), '升级期间可能提示“系统繁忙”，请稍后再试。'])


LAWFUL = [notice, appointment, exam, tender, punishment, masked_list, welfare, guide, directory, rivers, statistics,
          consultation, outage, secrecy_lesson, secrecy_news, minutes_news, budget, school, environment, opening_guide,
          open_csv, shops, winners, school_phone, login_page, portal, published_paper, papers_guide, vehicles, doctors,
          duty, posts, farms, army_news, court, petitions, system_notice]


# --- leaks


def mark(m):
    level = m.pick('绝密', '机密', '秘密')
    term = m.pick('★%d年' % m.number(1, 30), '★长期', '★%d年' % m.number(1, 10), '★%d个月' % m.number(2, 11), '★')
    text = level + term
    how = m.number(0, 5)
    if how == 1:
        text = ' '.join(text)
    elif how == 2:
        text = text.replace('★', m.pick('☆', '＊', '⭐'))if term != '★' else text
    elif how == 3:
        text = text.replace('密', '密\u200b')
    elif how == 4:
        text = '\n'.join(level) + '\n' + term
    return text


def marked_paper(m):
    return page(m, m.bureau() + '文件', ['%06d\n%s\n%s' % (m.number(1, 200), mark(m), m.pick('特急', '加急', '')), m.docno(),
                                       '关于%s情况的报告' % m.pick(MATTERS), '市政府：\n现将有关情况报告如下。', m.date()])


def marked_attachment(m):
    return page(m, '会议材料汇编', ['目录\n一、%s\n二、%s' % (m.pick(MATTERS), m.pick(MATTERS)), '材料之二\n' + mark(m), '本材料由%s提供。' % m.bureau()])


def level_field(m):
    return page(m, '收文处理单', [m.pick('密级：', '密  级: ', '文件密级：') + m.pick('绝密', '机密', '秘密'), '来文单位：' + m.bureau(), '拟办意见：请%s阅处。' % m.pick(OFFICES)])


def inside_text(m):
    return page(m, '工作动态', ['我局收到上级%s★%d年文件一份，已组织学习传达。' % (m.pick('机密', '秘密', '绝密'), m.number(1, 20)), m.date()])


def no_star(m):
    return page(m, '调研报告', [m.pick('机密', '秘密', '绝密') + m.pick('·', ' ', '-') + '%d年' % m.number(2, 30), '调研组\n' + m.date()])


def exam_paper(m):
    return page(m, m.pick('绝密', '机密') + '★启用前', ['%d年初中学业水平考试' % m.number(2020, 2026), '一、选择题（每题3分）'])


def internal(m):
    words = m.pick('内部资料 注意保存', '内部使用，不得外传', '工作秘密', '会后收回', '仅供内部参考', '内部文件 严禁外传', '【内部资料】')
    return page(m, '形势分析会交流材料', [words, '今年以来，%s工作总体平稳。' % m.pick(MATTERS), m.date()])


def closed_note(m):
    return page(m, '关于%s的批复' % m.pick(MATTERS), [m.docno(), '你单位请示收悉，原则同意。', m.bureau() + '\n' + m.date(),
                                               m.pick('（此件不公开）', '(此件不予公开)', '（此件依申请公开）', '（此件发至县团级）', '（ 此件不公开 ）')])


def id_list(m):
    table = m.rows([m.pick('姓名', '姓 名', '户主姓名'), m.pick('身份证号', '身份证号码', '证件号码', '公民身份号码'), '村（社区）', '金额'], [m.name, m.identity, m.village, m.money])
    return page(m, m.pick('高龄津贴', '临时救助', '种粮补贴') + '发放表', [table])


def id_csv(m):
    table = m.rows(['姓名', '身份证号码', '手机号码', '银行卡号'], [m.name, m.pick(m.identity, lambda: '="%s"' % m.identity()), m.mobile, m.card], 4, 30)
    return csv_page(table)


def id_blocks(m):
    people = ['%d.%s，身份证号码：%s，住%s。' % (i + 1, m.name(), m.identity(), m.village()) for i in range(m.number(3, 9))]
    return page(m, '失信被执行人名单', ['\n'.join(people)])


def one_id(m):
    return page(m, '行政处罚决定书', ['当事人：%s，%s，公民身份号码：%s，住%s。' % (m.name(), m.pick('男', '女'), m.identity(), m.village()), '当事人占道经营，罚款二百元。', m.date()])


def phones(m):
    table = m.rows(['姓名', m.pick('手机', '手机号码', '联系电话')], [m.name, m.mobile], 6, 20)
    return page(m, m.pick('困难学生资助名单', '报名人员名单', '接种人员登记表'), [table])


def phone_lines(m):
    return page(m, '参训人员名册', ['\n'.join('%s %s' % (m.name(), m.mobile()) for _ in range(m.number(6, 15)))])


def cards(m):
    table = m.rows(['姓名', '开户行', m.pick('银行账号', '银行卡号', '一卡通卡号'), '金额'], [m.name, lambda: m.pick('农商银行', '工商银行'), m.card, m.money], 4, 20)
    return page(m, '补贴资金发放明细', [table])


def health(m):
    table = m.rows(['姓名', m.pick('病种', '残疾类别', '疾病名称'), '家庭住址'], [m.name, lambda: m.pick('尿毒症', '肢体二级', '白血病', '精神一级'),
                                                         lambda: m.village() + '%d组%d号' % (m.number(1, 20), m.number(1, 90))], 4, 20)
    return page(m, '医疗救助对象名单', [table])


def homes(m):
    table = m.rows(['户主', '家庭住址', '出生日期', '困难类型'], [m.name, lambda: m.village() + '%d号' % m.number(1, 90),
                                                   lambda: '%d-%02d-%02d' % (m.number(1940, 2000), m.number(1, 12), m.number(1, 28)), lambda: m.pick('低保', '特困', '残疾')], 4, 20)
    return page(m, '慰问对象名单', [table])


def half_masked(m):
    people = []
    for _ in range(m.number(4, 12)):
        number = m.identity()
        people.append([m.name(), m.pick(number, number[:14] + '****', number[:15] + '***')])
    people.append([m.name(), m.identity()])
    return page(m, '资助对象公示', [[['姓名', '身份证号']] + people])


def passports(m):
    table = m.rows(['姓名', m.pick('护照号码', '护照号', '往来港澳通行证号')], [m.name, lambda: m.pick('E', 'G') + '%08d' % m.number(10**7, 10**8 - 1)], 4, 12)
    return page(m, '因公出国人员名单', [table])


def pupils(m):
    table = m.rows(['学生姓名', '班级', '家长姓名', '联系电话'], [m.name, lambda: '%d班' % m.number(1, 9), m.name, m.mobile], 5, 20)
    return page(m, '新生分班名单', [table])


def believers(m):
    table = m.rows(['姓名', '村（社区）', '宗教信仰'], [m.name, m.village, lambda: m.pick('佛教', '道教', '基督教')], 4, 12)
    return page(m, '信教群众登记表', [table])


def owners(m):
    table = m.rows(['姓名', '车牌号'], [m.name, lambda: plate(m)], 4, 12)
    return page(m, '小区车辆登记表', [table])


def certificates(m):
    lines = ['%s 残疾证号 %s%d%d' % (m.name(), m.identity(), m.number(1, 7), m.number(1, 4)) for _ in range(m.number(2, 6))]
    return page(m, '残疾人补贴发放名单', ['\n'.join(lines)])


def one_paper(m):
    return page(m, '处理决定', ['当事人%s，护照号码：E%08d，现予以处理。' % (m.name(), m.number(10**7, 10**8 - 1)), m.date()])


def illness(m):
    person = m.pick(SURNAMES) + m.pick(GIVEN) + m.pick(GIVEN)
    return page(m, '流行病学调查情况', ['患者%s，%s，%d岁，%s确诊%s。' % (person, m.pick('男', '女'), m.number(20, 80), m.date(), m.pick('肺结核', '乙肝', '艾滋病'))])


def numerals(m):
    words = str.maketrans('0123456789', m.pick('〇一二三四五六七八九', '零一二三四五六七八九', '零壹贰叁肆伍陆柒捌玖'))
    return page(m, '联系名单', ['%s %s' % (m.name(), m.pick(m.mobile(), m.identity()).translate(words))])


def wrapped(m):
    number = m.identity()
    cut = m.number(6, 14)
    return 'txt', ('证明\n兹证明%s（公民身份号码%s\n%s）系本村村民。\n' % (m.name(), number[:cut], number[cut:])).encode()


def two_masks(m):
    name, number = m.name(), m.mobile()
    return page(m, '报名结果公示', [[['姓名', '电话'], [name, number[:3] + '****' + number[7:]], [m.name(), m.masked_mobile()]],
                              '候补', [['姓名', '电话'], [name, number[:7] + '****']]])


def weak_mobile(m):
    number = m.mobile()
    hidden = m.number(4, 9)
    return page(m, '中奖名单', ['%s %s' % (m.name(), number[:hidden] + '**' + number[hidden + 2:])])


def copy_number(m):
    return page(m, m.bureau() + '文件', ['%06d' % m.number(1, 300), m.docno(), '关于%s情况的请示' % m.pick(MATTERS), '市政府：\n妥否，请批示。', m.bureau() + '\n' + m.date()])


def telegram(m):
    return page(m, '发电', [m.pick('特急 %s', '%s 特急', '等级：特急·%s') % m.pick('机密', '秘密', '绝密'), '发电单位：%s' % m.bureau()])


def noun_mark(m):
    return page(m, '工作动态', ['收到%s%s★%d年，已登记。' % (m.pick('机密', '秘密', '绝密'), m.pick('文件', '资料', '材料'), m.number(1, 20))])


def unit(m):
    return page(m, '营区改造工程招标', ['%d部队（驻%s）围墙改造工程，现公开招标。' % (m.number(10000, 99999), m.pick(TOWNS))])


def settings(m):
    word = ''.join(m.pick('abcdefghjkmnpqrstuvwxyz') for _ in range(6)) + '%04d' % m.number(1000, 9999)
    text = m.pick('spring.datasource.username=root\nspring.datasource.password=%s\n', 'DB_HOST=127.0.0.1\nDB_PASSWORD=%s\n',
                  'jdbc.url=jdbc:mysql://10.1.2.3:3306/oa?user=root&password=%s\n', '<connection>Server=10.1.2.3;User ID=sa;Password=%s;</connection>\n',
                  'redis://cache:%s@10.1.2.3:6379/0\n', 'git clone https://deploy:%s@git.lcs.example.cn/oa.git\n', '后台账号admin，密码：%s。\n') % word
    return m.pick('txt', 'properties', 'conf'), text.encode()


def tokens(m):
    random = ''.join(m.pick('abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789') for _ in range(40))
    text = m.pick('app.secret=%s\n' % random[:32], 'accessKeyId=LTAI%s\naccessKeySecret=%s\n' % (random[:20], random[:30]), '{"appSecret": "%s"}\n' % random[:32],
                  'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9xx.eyJ1c2VyIjoi%s.%s\n' % (random[:20], random[:36]))
    return m.pick('txt', 'json', 'js'), text.encode()


def tampered(m):
    host = 'http://www.%s%d.top/' % (m.pick('bet', 'slot', 'casino'), m.number(100, 999))
    return web_page(m, m.bureau(), m.pick('<div style="display:none"><a href="%s">开户</a></div>', '<div style="position:absolute;left:-%d9px"><a href="%%s">官网</a></div>' % m.number(100, 999),
                                           '<a href="%s" style="font-size:0">x</a>', '<marquee height="1" width="1"><a href="%s">y</a></marquee>') % host + '<p>正文</p>')


def broken_in(m):
    return 'php', m.pick(b'<?php @eval($_POST["c"]);?>', b'<?php eval(gzinflate(base64_decode("S0lNy8xL")));?>', b'<% execute request("a") %>')


def error_page(m):
    return web_page(m, '出错了', m.pick("<h1>Server Error in '/' Application.</h1>", '<pre>java.lang.NullPointerException: null\n\tat cn.lcs.web.Main.run(Main.java:%d)</pre>' % m.number(1, 900),
                                       '<p>You have an error in your SQL syntax; check the manual</p>', '<h1>Index of /upload</h1><pre><a href="../">Parent Directory</a></pre>'))


def turned(m):
    mark_text = '%s★%d年' % (m.pick('机密', '秘密'), m.number(10, 20))
    return web_page(m, '通知', m.pick('<p>\u202e%s\u202c</p>' % mark_text[::-1], '<p><bdo dir="rtl">%s</bdo></p>' % mark_text[::-1],
                                     '<p>%s<span style="font-size:0">%s</span>%s</p>' % (mark_text[0], '其他部门配合', mark_text[1:])))


LEAK = [marked_paper, marked_attachment, level_field, inside_text, no_star, exam_paper, internal, closed_note, id_list,
        id_csv, id_blocks, one_id, phones, phone_lines, cards, health, homes, half_masked, passports, pupils, believers, owners,
        certificates, one_paper, illness, numerals, wrapped, two_masks, weak_mobile, copy_number, telegram, noun_mark, unit,
        settings, tokens, tampered, broken_in, error_page, turned]


def write(folder, templates, count):
    """`count` files, the templates in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(count):
        template = templates[place % len(templates)]
        suffix, data = template(Maker('%s %d' % (template.__name__, place)))
        (folder / ('%04d_%s.%s' % (place, template.__name__, suffix))).write_bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out', type=Path)
    parser.add_argument('--count', type=int, default=780)
    args = parser.parse_args()
    write(args.out / 'lawful', LAWFUL, args.count)
    write(args.out / 'leak', LEAK, args.count)


if __name__ == '__main__':
    main()
