#include "base/ctx.h"

void tl_ctx_init(struct tl_ctx *ctx, struct tl_run *run)
{
    if (!run->clock.wall)
        tl_clock_init(&run->clock);
    *ctx = (struct tl_ctx){
        .arena = tl_arena_open(),
        .scratch = tl_arena_open(),
        .run = run,
    };
}

void tl_ctx_child(struct tl_ctx *child, const struct tl_ctx *parent)
{
    *child = (struct tl_ctx){
        .arena = tl_arena_open(),
        .scratch = tl_arena_open(),
        .say = parent->say,
        .run = parent->run,
    };
}

void tl_ctx_release(struct tl_ctx *ctx)
{
    tl_arena_close(ctx->arena);
    tl_arena_close(ctx->scratch);
    ctx->arena = NULL;
    ctx->scratch = NULL;
}

int tl_ctx_check(struct tl_ctx *ctx)
{
    if (ctx->run && atomic_load_explicit(&ctx->run->cancelled, memory_order_relaxed))
        return tl_fail(ctx, TL_ECANCEL, "stopped");
    return TL_OK;
}

int tl_ctx_take_error(struct tl_ctx *ctx, const struct tl_ctx *child)
{
    if (!ctx->error.code && child->error.code)
        ctx->error = child->error;
    return ctx->error.code;
}
