#include "crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "mem.h"

enum state { WAITS, RUNS, DONE };

struct job {
	void *task;
	int64_t key;
	enum state state;
	struct job *next;
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t news;	/* something was put, done, or ends */
	struct job *first;		/* least key first */
	int held, workers;	/* threads that run */
	int closing;
	void *own;		/* for the caller's thread, when none runs */
	void (*work)(void *self, void *task);
	struct worker {
		struct crew *crew;
		void *self;
		pthread_t thread;
	} *worker;
};

static struct job *
waiting(struct crew *c)
{
	struct job *j = c->first;

	while (j != NULL && j->state != WAITS)
		j = j->next;
	return j;
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct crew *c = w->crew;
	struct job *j;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		while ((j = waiting(c)) == NULL && !c->closing)
			pthread_cond_wait(&c->news, &c->lock);
		if (c->closing)
			break;
		j->state = RUNS;
		pthread_mutex_unlock(&c->lock);
		c->work(w->self, j->task);
		pthread_mutex_lock(&c->lock);
		j->state = DONE;
		pthread_cond_broadcast(&c->news);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct crew *
crew_open(int workers, void **selves, void (*work)(void *self, void *task))
{
	struct crew *c = xcalloc(1, sizeof(*c));
	int i;

	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->news, NULL);
	c->work = work;
	c->own = selves[0];
	c->worker = xcalloc((size_t)workers, sizeof(*c->worker));
	for (i = 0; i < workers; i++) {
		c->worker[i].crew = c;
		c->worker[i].self = selves[i];
		if (pthread_create(&c->worker[i].thread, NULL, run,
		    &c->worker[i]) != 0)
			break;	/* a limit: those that are there will do */
		c->workers++;
	}
	return c;
}

void
crew_put(struct crew *c, void *task, int64_t key)
{
	struct job *j = xcalloc(1, sizeof(*j)), **at;

	j->task = task;
	j->key = key;
	pthread_mutex_lock(&c->lock);
	for (at = &c->first; *at != NULL && (*at)->key <= key;
	    at = &(*at)->next)
		;
	j->next = *at;
	*at = j;
	c->held++;
	pthread_cond_broadcast(&c->news);
	pthread_mutex_unlock(&c->lock);
}

static void *
take_first(struct crew *c)
{
	struct job *j = c->first;
	void *task = j->task;

	c->first = j->next;
	c->held--;
	free(j);
	return task;
}

void *
crew_get(struct crew *c)
{
	void *task = NULL;

	if (c->workers == 0 && c->first != NULL) {
		c->work(c->own, c->first->task);
		return take_first(c);
	}
	pthread_mutex_lock(&c->lock);
	while (c->first != NULL && c->first->state != DONE)
		pthread_cond_wait(&c->news, &c->lock);
	if (c->first != NULL)
		task = take_first(c);
	pthread_mutex_unlock(&c->lock);
	return task;
}

/* Only the caller's thread changes it. */
int
crew_held(const struct crew *c)
{
	return c->held;
}

void
crew_close(struct crew *c, void (*leave)(void *task))
{
	int i;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->closing = 1;
	pthread_cond_broadcast(&c->news);
	pthread_mutex_unlock(&c->lock);
	for (i = 0; i < c->workers; i++)
		pthread_join(c->worker[i].thread, NULL);
	while (c->first != NULL)
		leave(take_first(c));
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->news);
	free(c->worker);
	free(c);
}
