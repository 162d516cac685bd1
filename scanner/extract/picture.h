/* picture.h: what pictures share: tags of TIFF and EXIF, IPTC, size sanity, the way to OCR. */
#ifndef MSH_EXTRACT_PICTURE_H
#define MSH_EXTRACT_PICTURE_H

#include "extract/extract.h"

/* The whole picture in memory, at most limits.member_size. */
MSH_MUST_CHECK msh_err msh_picture_whole(msh_extract *x, const msh_doc *doc, msh_view *out);
/* A picture that is too large to be one (over 2^29 pixels, or no pixel at all) is reported as
 * corrupt; *sane says whether its pixels may be looked at. */
MSH_MUST_CHECK msh_err msh_picture_size(msh_extract *x, const msh_doc *doc, uint64_t width,
                                        uint64_t height, bool *sane);
/* Pixels to text: by the OCR helper, else the outcome image.needs-ocr. */
MSH_MUST_CHECK msh_err msh_picture_ocr(msh_extract *x, const msh_doc *doc, msh_view bytes);
/* Bytes of a field whose charset nobody knows. name: a literal or a view that lives on. */
MSH_MUST_CHECK msh_err msh_picture_text(msh_extract *x, const msh_doc *doc, msh_role role,
                                        msh_view name, msh_view bytes, uint64_t offset);
/* TIFF structure (also EXIF): all directories, texts, XMP, IPTC, thumbnails. `base`: where it
 * stands in the document. *whole: false when a directory lies or loops. */
MSH_MUST_CHECK msh_err msh_picture_tags(msh_extract *x, const msh_doc *doc, msh_view tiff,
                                        uint64_t base, bool *whole);
/* IPTC-IIM datasets; also inside Photoshop resources (8BIM). */
MSH_MUST_CHECK msh_err msh_picture_iptc(msh_extract *x, const msh_doc *doc, msh_view bytes,
                                        uint64_t base);
MSH_MUST_CHECK msh_err msh_picture_resources(msh_extract *x, const msh_doc *doc, msh_view bytes,
                                             uint64_t base);

#endif
