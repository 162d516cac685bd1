/* types.h: the few words every part of mishen shares: views, verdicts, tiers, outcomes, roles.
 *
 * Source of the words: GB/T 9704-2012 (marks), product.md section 3 (verdict and outcome).
 * Nothing here allocates. */
#ifndef MISHEN_TYPES_H
#define MISHEN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Borrowed bytes. The holder never frees them; they live as long as what they were cut from. */
typedef struct msh_view {
    const uint8_t *data;
    size_t len;
} msh_view;

/* What becomes of an item; ordered by weight, the greater outranks the lesser.
 * BLOCK > NOT-INSPECTED > REVIEW > PASS: a found mark stays a found mark. */
typedef enum msh_verdict {
    MSH_VERDICT_PASS = 0,
    MSH_VERDICT_REVIEW = 1,
    MSH_VERDICT_NOT_INSPECTED = 2,
    MSH_VERDICT_BLOCK = 3
} msh_verdict;

/* How grave a finding is. */
typedef enum msh_tier { MSH_TIER_INFO = 1, MSH_TIER_REVIEW = 2, MSH_TIER_BLOCK = 3 } msh_tier;

/* How far an item, or a part of one, was read. Everything but SCANNED, LINK, EMPTY and OPAQUE
 * makes an item NOT-INSPECTED. Columns: enumerator, stable name, Chinese, English. */
#define MSH_OUTCOMES(X)                                                                            \
    X(SCANNED, "scanned", "已检查", "scanned")                                                     \
    X(EMPTY, "empty", "空文件", "empty file")                                                      \
    X(LINK, "link", "链接，目标另行检查", "link, its target is scanned by itself")                 \
    X(OPAQUE, "opaque", "不含可读文字的类型", "a type without readable text")                      \
    X(PARTIAL, "partial", "只检查了一部分", "read in part")                                        \
    X(ENCRYPTED, "encrypted", "已加密", "encrypted")                                               \
    X(UNREADABLE, "unreadable", "无法读取", "unreadable")                                          \
    X(LIMIT, "limit", "超出限额", "over a limit")                                                  \
    X(SPECIAL, "special", "特殊文件", "special file")                                              \
    X(CHANGED, "changed", "检查期间被改动", "changed while scanned")                               \
    X(VANISHED, "vanished", "检查期间消失", "vanished while scanned")                              \
    X(NEEDS_OCR, "needs-ocr", "需要文字识别", "needs OCR")                                         \
    X(UNSUPPORTED, "unsupported", "暂不支持的格式", "unsupported format")

typedef enum msh_outcome {
#define X(id, name, zh, en) MSH_OUTCOME_##id,
    MSH_OUTCOMES(X)
#undef X
        MSH_OUTCOME_COUNT
} msh_outcome;

/* What part of a document a text is. Columns: enumerator, stable name, Chinese, English. */
#define MSH_ROLES(X)                                                                               \
    X(BODY, "body", "正文", "body")                                                                \
    X(HEADER, "header", "页眉", "header")                                                          \
    X(FOOTER, "footer", "页脚", "footer")                                                          \
    X(COMMENT, "comment", "批注", "comment")                                                       \
    X(DELETED, "deleted", "已删除文字", "deleted text")                                            \
    X(HIDDEN, "hidden", "隐藏文字", "hidden text")                                                 \
    X(META, "meta", "文档属性", "properties")                                                      \
    X(NAME, "name", "名称", "name")                                                                \
    X(ATTR, "attr", "标记属性", "attribute")                                                       \
    X(RAW, "raw", "原始字节", "raw bytes")                                                         \
    X(OCR, "ocr", "图像识别文字", "text read by OCR")

typedef enum msh_role {
#define X(id, name, zh, en) MSH_ROLE_##id,
    MSH_ROLES(X)
#undef X
        MSH_ROLE_COUNT
} msh_role;

typedef enum msh_lang { MSH_LANG_ZH = 0, MSH_LANG_EN = 1 } msh_lang;

/* Stable names ("BLOCK", "NOT-INSPECTED", "needs-ocr", "header"); "?" for a value out of range. */
const char *msh_verdict_name(msh_verdict v);
const char *msh_tier_name(msh_tier t);
const char *msh_outcome_name(msh_outcome o);
const char *msh_role_name(msh_role r);
/* The same for people. */
const char *msh_verdict_text(msh_verdict v, msh_lang lang);
const char *msh_tier_text(msh_tier t, msh_lang lang);
const char *msh_outcome_text(msh_outcome o, msh_lang lang);
const char *msh_role_text(msh_role r, msh_lang lang);

/* Whether an outcome lets an item pass (scanned, empty, link, opaque). */
bool msh_outcome_is_whole(msh_outcome o);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
