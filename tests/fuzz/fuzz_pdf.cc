/* fuzz_pdf.cc: any bytes as a PDF, through the reader of mishen-pdf without its socket and lock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (scanner/worker/helper_pdf.LICENSE)
 * helper_pdf.cc is taken in with its main renamed; what it would send comes to the functions below.
 * What is said keeps its promises: roles and reasons in range, sizes true, decoders within bounds.
 */
extern "C" {
#include "base/reason.h"
}
#include "worker/helper_serve.h"

extern "C" {
#include "base/clock.h"
#include "base/view.h"
#include "mutate.h"
}

#include <cstdio>
#include <cstdlib>

#define main mishen_pdf_main
int main(int argc, char **argv);
#include "worker/helper_pdf.cc"
#undef main

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const msh_serve_program *program;
static uint64_t charged;

extern "C" int msh_serve_main(const msh_serve_program *p, int, char **)
{
    static msh_serve_program kept;
    kept = *p;
    program = &kept;
    return kept.start(kept.ctx) ? 0 : 70;
}

extern "C" bool msh_serve_late(const msh_serve_job *job)
{
    return (msh_clock_ns() - job->started_ns) / 1000000 >= job->request.time_ms;
}

extern "C" void msh_serve_item(msh_serve_job *job, const msh_wire_item *item, msh_view bytes)
{
    charged += bytes.len;
    if (item->role >= MSH_ROLE_COUNT || item->size != bytes.len || item->name.len > MSH_WIRE_NAME)
        abort();
    /* a text is at most handed on in two orders, by each of a few revisions */
    if (charged > 64 * (job->request.decoded + job->bytes.len))
        abort();
}

extern "C" void msh_serve_outcome(msh_serve_job *, msh_reason reason, uint32_t page, uint64_t)
{
    if (static_cast<unsigned>(reason) >= MSH_REASON_COUNT)
        abort();
    if (getenv("MSH_SAY")) /* tests/golden/pdf.sh */
        printf("  %s, page %u\n", msh_reason_name(reason), page);
}

extern "C" void msh_serve_stats(msh_serve_job *, const msh_wire_stats *)
{
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "mishen-pdf";
    static char *argv[] = {name, nullptr};
    if (!program && mishen_pdf_main(1, argv) != 0)
        abort();
    if (size < 8)
        return 0;
    msh_serve_job job = {};
    job.request.time_ms = 5000;
    job.request.decoded = 32 << 20;
    job.request.item_bytes = 8 << 20;
    job.request.size = size;
    job.bytes = msh_view_of(data, size);
    job.started_ns = msh_clock_ns();
    charged = 0;
    program->document(program->ctx, &job);
    return 0;
}

#ifdef MSH_FUZZING
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return mutate_pieces(data, size, most, seed, mutate_pdf, nullptr);
}
#endif
