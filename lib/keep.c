/* keep - the kept copy of a stream, compressed on a thread of its own. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "file.h"
#include "keep.h"

struct chunk {
	char *p;
	size_t n;
};

/*
 * A ring: chunks [tail, head) are full and wait for the thread, chunk `head`
 * is being filled.  Both only grow; their place is modulo KEEP_BUFFERS.
 */
struct keep {
	struct chunk ring[KEEP_BUFFERS];
	unsigned head, tail;
	bool last;		/* no more chunks come */
	pthread_mutex_t lock;
	pthread_cond_t turned;
	pthread_t thread;
	bool threaded;
	struct file *file;
	struct why why;
};

static void *
work(void *arg)
{
	struct keep *k = arg;
	struct chunk *c;

	pthread_mutex_lock(&k->lock);
	for (;;) {
		while (k->tail == k->head && !k->last)
			pthread_cond_wait(&k->turned, &k->lock);
		if (k->tail == k->head)
			break;
		c = &k->ring[k->tail % KEEP_BUFFERS];
		pthread_mutex_unlock(&k->lock);
		file_write(k->file, c->p, c->n);
		if ((k->tail + 1) % KEEP_MEMBER == 0)
			file_member(k->file);
		pthread_mutex_lock(&k->lock);
		c->n = 0;
		k->tail++;
		pthread_cond_signal(&k->turned);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

/* The thread must take no signal that is meant for the caller. */
static void
start(struct keep *k)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	k->threaded = pthread_create(&k->thread, NULL, work, k) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!k->threaded) {
		file_abandon(k->file);
		k->file = NULL;
		why(&k->why, WHY_BROKEN, "no thread for it");
	}
}

struct keep *
keep_new(const char *path)
{
	struct keep *k = xcalloc(1, sizeof(*k));

	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->turned, NULL);
	if (path != NULL &&
	    (k->file = file_create(path, FILE_GZIP, &k->why)) != NULL)
		start(k);
	return k;
}

char *
keep_room(struct keep *k, size_t *room)
{
	struct chunk *c = &k->ring[k->head % KEEP_BUFFERS];

	if (c->p == NULL)
		c->p = xmalloc(KEEP_SIZE);
	*room = KEEP_SIZE - c->n;
	return c->p + c->n;
}

static void
hand_over(struct keep *k)
{
	pthread_mutex_lock(&k->lock);
	k->head++;
	pthread_cond_signal(&k->turned);
	while (k->head - k->tail == KEEP_BUFFERS)
		pthread_cond_wait(&k->turned, &k->lock);
	pthread_mutex_unlock(&k->lock);
}

void
keep_put(struct keep *k, size_t n)
{
	struct chunk *c = &k->ring[k->head % KEEP_BUFFERS];

	if (!k->threaded)
		return;
	c->n += n;
	if (c->n == KEEP_SIZE)
		hand_over(k);
}

static void
finish(struct keep *k)
{
	pthread_mutex_lock(&k->lock);
	if (k->ring[k->head % KEEP_BUFFERS].n > 0)
		k->head++;
	k->last = true;
	pthread_cond_signal(&k->turned);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
}

int
keep_end(struct keep *k, bool whole, struct why *w)
{
	int r = 0;

	if (k->threaded)
		finish(k);
	if (k->why.kind != WHY_NONE) {
		*w = k->why;
		r = -1;
	} else if (k->file != NULL && whole)
		r = file_commit(k->file, w) == 0 ? 1 : -1;
	else if (k->file != NULL)
		file_abandon(k->file);
	for (int i = 0; i < KEEP_BUFFERS; i++)
		free(k->ring[i].p);
	pthread_mutex_destroy(&k->lock);
	pthread_cond_destroy(&k->turned);
	free(k);
	return r;
}
