/* assets.c: the style sheet and the one script. Both are served as files of their own, since pages
 * may hold neither (content security policy). No grid, no flexible boxes: browsers of 2013. */
#include "console/console.h"

static const char style[] =
    "body{margin:0;background:#f4f5f6;color:#1b1f23;line-height:1.6;font-size:16px;"
    "font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans "
    "SC',SimSun,sans-serif}\n"
    "#head,#main,#foot{max-width:1040px;margin:0 auto;padding:0 20px}\n"
    "#head{background:#fff;border-bottom:3px solid #1f4e79;overflow:hidden}\n"
    "#head form{float:right}\n"
    ".brand{float:left;margin:12px 0 4px;font-size:18px}\n"
    ".brand a{color:#1f4e79;text-decoration:none}\n"
    ".who{margin:12px 0 4px;color:#3b4248}\n"
    ".pages{clear:both;list-style:none;margin:0;padding:0}\n"
    ".pages li{display:inline-block;margin-right:4px}\n"
    ".pages a{display:inline-block;padding:6px 12px;color:#1f4e79;text-decoration:none}\n"
    ".pages a[aria-current]{background:#1f4e79;color:#fff}\n"
    ".skip{position:absolute;left:-9999px}\n"
    ".skip:focus{left:8px;top:8px;background:#fff;padding:4px 8px}\n"
    "#main{background:#fff;padding-top:4px;padding-bottom:24px;min-height:320px}\n"
    "#foot{color:#4a5157;font-size:14px;padding-top:8px;padding-bottom:24px}\n"
    "h1{font-size:26px;line-height:1.3;margin:16px 0 12px}\n"
    "h2{font-size:20px;margin:28px 0 8px;padding-bottom:4px;border-bottom:1px solid #c9ced3}\n"
    "h3{font-size:17px;margin:18px 0 4px}\n"
    "a{color:#0b4f8a}\n"
    "a:focus,button:focus,input:focus,select:focus,textarea:focus{outline:3px solid "
    "#e39b00;outline-offset:1px}\n"
    "table{width:100%;border-collapse:collapse;margin:12px 0}\n"
    "caption{text-align:left;font-weight:bold;padding:4px 0}\n"
    "th,td{border:1px solid #aab1b8;padding:6px 8px;text-align:left;vertical-align:top}\n"
    "thead th{background:#e8edf2}\n"
    "tbody th{background:#f3f5f7;width:11em;font-weight:normal}\n"
    ".number{text-align:right;white-space:nowrap}\n"
    ".facets a{display:inline-block;margin-right:10px}\n"
    ".time{white-space:nowrap}\n"
    ".digest{font-family:Consolas,monospace;font-size:11px;word-break:break-all}\n"
    ".excerpt{font-family:Consolas,monospace;white-space:nowrap}\n"
    "dl{margin:0 0 12px}dt{font-weight:bold}dd{margin:0 0 6px 1.5em}\n"
    ".verdict{border-left:8px solid #555;background:#f3f3f3;padding:8px 16px;margin:12px 0}\n"
    ".verdict p{margin:4px 0}.verdict .words{font-size:22px;font-weight:bold}\n"
    ".verdict.bad{border-color:#9b1c1c;background:#fdf1f1}.verdict.bad .words{color:#8a1515}\n"
    ".verdict.look{border-color:#9a6200;background:#fff7e3}.verdict.look .words{color:#6b4300}\n"
    ".verdict.unknown{border-color:#5b2a86;background:#f7f0fb}.verdict.unknown "
    ".words{color:#4d2173}\n"
    ".verdict.good{border-color:#1f6b33;background:#eff8f1}.verdict.good .words{color:#1a5a2b}\n"
    ".tag{display:inline-block;padding:0 8px;border:1px "
    "solid;font-size:14px;font-weight:normal;white-space:nowrap}\n"
    ".tag.bad{color:#8a1515;background:#fdf1f1}.tag.look{color:#6b4300;background:#fff7e3}\n"
    ".tag.unknown{color:#4d2173;background:#f7f0fb}.tag.good{color:#1a5a2b;background:#eff8f1}\n"
    ".tag.info{color:#3b4248;background:#f3f5f7}\n"
    ".field label{display:inline-block;width:9em;vertical-align:top;font-weight:bold}\n"
    "input,select,textarea,button{font:inherit;padding:5px 8px;border:1px solid "
    "#6d757c;background:#fff;color:#1b1f23}\n"
    "input[type=text],input[type=password]{width:18em}input.wide,textarea{width:30em;max-width:95%}"
    "\n"
    "button{background:#e8edf2;cursor:pointer}\n"
    "button.main{background:#1f4e79;border-color:#1f4e79;color:#fff;padding:8px 28px}\n"
    "button.danger{background:#8a1515;border-color:#8a1515;color:#fff}\n"
    ".help{color:#4a5157;font-size:14px}\n"
    ".paper{display:none}\n"
    "fieldset{border:1px solid #aab1b8;margin:12px 0;padding:8px 16px}legend{font-weight:bold}\n"
    "progress{width:20em;height:1.2em;vertical-align:middle}\n"
    "@media print{body,#main{background:#fff;font-size:11pt}#head "
    "form,.pages,.skip,.screen,form,button{display:none}"
    "#head{border:0}#head,#main,#foot{max-width:none;padding:0}.paper{display:table-row}.paper "
    "td{height:2.2em}"
    "tr,.verdict,dl{page-break-inside:avoid}h2,h3,caption{page-break-after:avoid}a{color:#000;text-"
    "decoration:none}}\n"
    "@page{size:A4;margin:18mm}\n";

/* Only shows how far an upload is; the form works as well without it. */
static const char script[] =
    "(function(){\n"
    "var f=document.forms,form=null,i;\n"
    "for(i=0;i<f.length;i++)if(f[i].getAttribute('action')==='/upload')form=f[i];\n"
    "if(!form||!window.FormData||!window.XMLHttpRequest)return;\n"
    "form.addEventListener('submit',function(e){\n"
    "var x=new XMLHttpRequest();\n"
    "if(!x.upload||!('responseURL' in x))return;\n"
    "e.preventDefault();\n"
    "var out=document.getElementById('progress'),button=form.querySelector('button');\n"
    "var bar=document.createElement('progress');bar.max=100;bar.value=0;\n"
    "bar.setAttribute('aria-label',out.getAttribute('data-words'));\n"
    "out.textContent=out.getAttribute('data-words')+' "
    "';out.appendChild(bar);button.disabled=true;\n"
    "x.upload.onprogress=function(p){if(p.lengthComputable)bar.value=100*p.loaded/p.total;};\n"
    "x.onload=function(){\n"
    "if(x.status===200&&x.responseURL.indexOf('/upload')<0){location.href=x.responseURL;return;}\n"
    "document.open();document.write(x.responseText);document.close();};\n"
    "x.onerror=function(){button.disabled=false;form.submit();};\n"
    "x.open('POST','/upload');x.send(new FormData(form));\n"
    "});\n"
    "window.addEventListener('pageshow',function(e){if(e.persisted)location.reload();});\n"
    "})();\n";

void page_style(console_request *q)
{
    q->type = "text/css; charset=utf-8";
    html(q, style);
}

void page_script(console_request *q)
{
    q->type = "text/javascript; charset=utf-8";
    html(q, script);
}
