/*
 * flow-share - the lines of a flow among several threads, in their order
 *
 * Whoever has nothing to do takes the next block of lines: what one read
 * gives, with that thread alone at the input.  Blocks are worked on side by
 * side, and written one after the other.  A block done before its turn is laid
 * aside, as long as there is room, and written by the thread that writes the
 * one before it.  None waits for the block behind it: what has come goes out
 * although nothing follows.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "flow-in.h"

enum { STACK = 8 << 20 };	/* what the main thread has, nearly everywhere */

struct share {
	struct flow *whole;	/* whose counters belong to whose turn it is */
	void (*work)(struct flow *part, void *ctx);
	void *ctx;
	pthread_mutex_t taking;	/* guards the input and the next two */
	uint64_t taken;		/* blocks */
	bool dry;		/* nothing more comes */
	pthread_mutex_t writing;	/* guards what follows */
	pthread_cond_t passed;	/* `turn` is another one, or there is room */
	uint64_t turn;		/* the block to be written */
	struct laid *aside;	/* `room` of them */
	int room;
	atomic_bool stopped;
	int wake[2];		/* closed by stop(): ends the reading */
};

struct laid {			/* a block done before its turn */
	uint64_t block;		/* 0: room for one */
	long in_lines;
	struct buf out;
};

struct member {			/* a thread */
	struct flow *part;
	pthread_t thread;
	bool runs;
};

/* ---- turns ---- */

long
share_turn(struct flow *part)
{
	struct share *s = part->share;

	if (!part->turn) {
		pthread_mutex_lock(&s->writing);
		while (s->turn != part->block)
			pthread_cond_wait(&s->passed, &s->writing);
		pthread_mutex_unlock(&s->writing);
		part->turn = true;
		if (s->stopped)
			part->mute = part->ended = true;
	}
	return s->whole->in_lines;
}

/* What happened to `part` since the last time, to the whole. */
static void
merge(struct flow *f, struct flow *part)
{
	f->in_lines += part->in_lines;
	f->out_lines += part->out_lines;
	f->added += part->added;
	f->status = flow_worse(f->status, part->status);
	f->cut |= part->cut;
	f->mute |= part->mute;
	if (f->error == 0)
		f->error = part->error;
	part->in_lines = part->out_lines = part->added = 0;
}

/* What was laid aside as `block`, 0 for room; or NULL.  Under the lock. */
static struct laid *
find(struct share *s, uint64_t block)
{
	int i;

	for (i = 0; i < s->room; i++)
		if (s->aside[i].block == block)
			return &s->aside[i];
	return NULL;
}

/* Lay the present block aside; false: it is its turn. */
static bool
lay_aside(struct flow *part)
{
	struct share *s = part->share;
	struct laid *to = NULL;
	struct buf spare;

	pthread_mutex_lock(&s->writing);
	while (s->turn != part->block && (to = find(s, 0)) == NULL)
		pthread_cond_wait(&s->passed, &s->writing);
	if (s->turn == part->block)
		to = NULL;
	if (to != NULL) {
		spare = to->out;
		*to = (struct laid){ part->block, part->in_lines, part->out };
		part->out = spare;
		part->in_lines = 0;
	}
	pthread_mutex_unlock(&s->writing);
	return to != NULL;
}

/* Nothing is read or written any more by any part. */
static void
stop(struct flow *part)
{
	struct share *s = part->share;

	part->mute = true;
	if (!atomic_exchange(&s->stopped, true))
		close(s->wake[1]);
}

/* The block whose turn it was is written: now those behind it which are laid
 * aside, then it is somebody else's turn. */
static void
write_on(struct flow *part)
{
	struct share *s = part->share;
	struct laid *next;

	if (part->ended)
		stop(part);
	pthread_mutex_lock(&s->writing);
	while ((next = find(s, ++s->turn)) != NULL) {
		pthread_mutex_unlock(&s->writing);
		flow_write(part, &next->out);
		s->whole->in_lines += next->in_lines;
		if (part->ended)
			stop(part);
		pthread_mutex_lock(&s->writing);
		next->block = 0;
		pthread_cond_broadcast(&s->passed);
	}
	pthread_cond_broadcast(&s->passed);
	pthread_mutex_unlock(&s->writing);
}

/* The present block is through. */
static void
pass(struct flow *part)
{
	struct share *s = part->share;

	if (part->block != 0 && (part->turn || part->ended ||
	    !lay_aside(part))) {
		share_turn(part);
		flow_flush(part);
		merge(s->whole, part);
		write_on(part);
	}
	part->block = 0;
	part->turn = false;
}

bool
share_next(struct flow *part)
{
	struct share *s = part->share;
	struct why w = {0};
	int r = 0;

	pass(part);
	pthread_mutex_lock(&s->taking);
	if (!s->dry && !s->stopped)
		r = lines_hand(s->whole->in, part->in, &w);
	if (r == 1)
		part->block = ++s->taken;
	s->dry = r != 1;
	pthread_mutex_unlock(&s->taking);
	if (r == -1 && !s->stopped)
		flow_fail(part, &w);
	return r == 1;
}

bool
share_stopped(const struct flow *part)
{
	return part->share->stopped;
}

/* ---- threads ---- */

static struct flow *
part_new(struct share *s)
{
	struct flow *part = flow_new(s->whole->name, s->whole->reads);

	part->in = lines_part(s->whole->in);
	part->share = s;
	return part;
}

static void *
work(void *arg)
{
	struct flow *part = arg;

	part->share->work(part, part->share->ctx);
	pass(part);
	return NULL;
}

/* The caller's thread is one of them; when the system gives fewer, those do
 * the work. */
static void
run(struct share *s, int threads)
{
	struct member *m = xcalloc((size_t)threads, sizeof(*m));
	pthread_attr_t attr;
	int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	s->room = 4 * threads;
	s->aside = xcalloc((size_t)s->room, sizeof(*s->aside));
	for (i = 0; i < s->room; i++)
		s->aside[i].out = BUF(s->whole->out.max);
	for (i = 0; i < threads; i++)
		m[i].part = part_new(s);
	for (i = 1; i < threads; i++)
		m[i].runs = pthread_create(&m[i].thread, &attr, work,
		    m[i].part) == 0;
	work(m[0].part);
	for (i = 1; i < threads; i++)
		if (m[i].runs)
			pthread_join(m[i].thread, NULL);
	for (i = 0; i < threads; i++) {
		merge(s->whole, m[i].part);
		flow_free(m[i].part);
	}
	for (i = 0; i < s->room; i++)
		buf_free(&s->aside[i].out);
	pthread_attr_destroy(&attr);
	free(s->aside);
	free(m);
}

void
flow_share(struct flow *f, int threads,
    void (*work)(struct flow *part, void *ctx), void *ctx)
{
	struct share s = { .whole = f, .work = work, .ctx = ctx, .turn = 1 };

	if (threads < 2 || f->ended || pipe2(s.wake, O_CLOEXEC) == -1) {
		work(f, ctx);
		return;
	}
	flow_flush(f);
	pthread_mutex_init(&s.taking, NULL);
	pthread_mutex_init(&s.writing, NULL);
	pthread_cond_init(&s.passed, NULL);
	lines_until(f->in, s.wake[0]);
	run(&s, threads);
	f->ended = true;
	lines_until(f->in, -1);
	if (!s.stopped)
		close(s.wake[1]);
	close(s.wake[0]);
	pthread_mutex_destroy(&s.taking);
	pthread_mutex_destroy(&s.writing);
	pthread_cond_destroy(&s.passed);
}
