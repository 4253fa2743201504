/* SPDX-License-Identifier: MIT */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "nfl/loso.h"

#include "base/slice.h"

/* A season left out: what trains on the others, then what judges it. */
struct fold {
	struct gw_trainer	 trainer, beside;
	struct gw_boost		 boost;
	struct gw_model		*model, *model_beside;
	struct gw_predictor	*predictor, *predictor_beside;
};

struct run {
	struct gw_loso		*l;
	struct gw_err		*err;
	struct fold		*folds;		/* (n_years) */
	size_t			 n, plays;
	struct gw_evaluator	 evaluator;
};

static bool
compares(const struct run *r)
{
	return strcmp(r->l->set->name, GW_LOSO_BESIDE) != 0 || r->l->boost != NULL;
}

static int
step(struct run *r, const char *what, int season)
{
	return r->l->step == NULL ? 0 : r->l->step(r->l->arg, what, season);
}

static size_t
fold_of(const struct run *r, const struct gw_season_play *p)
{
	size_t k = 0;

	while (k < r->n && r->l->seasons->years[k] != p->play.season)
		k++;
	return k;
}

static int
teach(void *arg, const struct gw_season_play *p)
{
	struct run *r = arg;
	size_t own = fold_of(r, p);
	int rc = 0;

	if (r->plays++ % 8192 == 0 && (rc = step(r, "reading", p->play.season)) != 0)
		return rc;
	for (size_t k = 0; k < r->n && rc == 0; k++) {
		if (k == own)
			continue;
		rc = gw_trainer_add(&r->folds[k].trainer, p);
		if (rc == 0 && compares(r))
			rc = gw_trainer_add(&r->folds[k].beside, p);
	}
	return rc == GW_ENOMEM ? gw_err_set(r->err, rc, "out of memory for the plays") : rc;
}

static int
make(struct run *r, struct gw_trainer *t, struct gw_model **model, struct gw_predictor **predictor)
{
	struct gw_trained trained;

	*model = gw_trainer_fit(t, "loso", (int64_t)r->l->seed, &trained, r->err);
	if (*model == NULL)
		return r->err->code;
	(*model)->version = 1;
	gw_trainer_fini(t);
	gw_trainer_init(t, r->l->alloc, t->set);
	*predictor = gw_predictor_new(r->l->alloc, *model, r->err);
	return *predictor == NULL ? r->err->code : 0;
}

static int
train(struct run *r, size_t k)
{
	struct fold *f = &r->folds[k];
	int rc = step(r, "training without season", r->l->seasons->years[k]);

	if (rc == 0)
		rc = make(r, &f->trainer, &f->model, &f->predictor);
	if (rc == 0 && compares(r))
		rc = make(r, &f->beside, &f->model_beside, &f->predictor_beside);
	return rc;
}

static int
judge(void *arg, const struct gw_season_play *p)
{
	struct run *r = arg;
	size_t k = fold_of(r, p);
	int rc = 0;

	if (k == r->n)
		return 0;
	if (r->plays++ % 8192 == 0 && (rc = step(r, "scoring season", p->play.season)) != 0)
		return rc;
	r->evaluator.predictor = r->folds[k].predictor;
	r->evaluator.other = r->folds[k].predictor_beside;
	rc = gw_evaluator_add(&r->evaluator, p, NULL);
	return rc == GW_ENOMEM ? gw_err_set(r->err, rc, "out of memory for the plays") : rc;
}

static void
begin(struct run *r)
{
	for (size_t k = 0; k < r->n; k++) {
		struct fold *f = &r->folds[k];

		gw_trainer_init(&f->trainer, r->l->alloc, r->l->set);
		gw_trainer_init(&f->beside, r->l->alloc, gw_feature_set_find(GW_LOSO_BESIDE));
		f->trainer.pool = r->l->pool;
		if (r->l->boost != NULL) {
			f->boost = *r->l->boost;
			f->trainer.boost = &f->boost;
		}
	}
}

static void
end(struct run *r)
{
	for (size_t k = 0; k < r->n; k++) {
		struct fold *f = &r->folds[k];

		gw_trainer_fini(&f->trainer);
		gw_trainer_fini(&f->beside);
		gw_predictor_free(f->predictor);
		gw_predictor_free(f->predictor_beside);
		gw_model_free(f->model);
		gw_model_free(f->model_beside);
	}
	gw_alloc_free(r->l->alloc, r->folds);
	gw_evaluator_fini(&r->evaluator);
}

int
gw_loso_run(struct gw_loso *l, struct gw_err *err)
{
	struct run r = { .l = l, .err = err, .n = l->seasons->n_years };
	struct gw_season_counts again = { 0 };
	int rc;

	if (r.n < 2)
		return gw_err_set(err, GW_EINVAL, "leaving one season out needs two at least");
	l->counts = (struct gw_season_counts){ 0 };
	r.folds = gw_alloc_zero(l->alloc, r.n, sizeof(*r.folds));
	if (r.folds == NULL)
		return gw_err_set(err, GW_ENOMEM, "out of memory for %zu seasons", r.n);
	begin(&r);
	gw_evaluator_init(&r.evaluator, l->alloc, NULL);
	rc = gw_seasons_read(l->seasons, teach, &r, &l->counts, err);
	for (size_t k = 0; k < r.n && rc == 0; k++)
		rc = train(&r, k);
	r.plays = 0;
	if (rc == 0)
		rc = gw_seasons_read(l->seasons, judge, &r, &again, err);
	if (rc == 0)
		rc = gw_evaluator_finish(&r.evaluator, l->seed, &l->result, err);
	if (compares(&r))
		l->result.other_name = "logistic regression of 21 terms";
	end(&r);
	return rc;
}
