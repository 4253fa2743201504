# src/ml/local.mk - matrices, models, metrics, the registry; knows nothing of football
noinst_LIBRARIES += src/ml/libgwml.a src/ml/libgwmlfiles.a
src_ml_libgwml_a_LIBADD = $(src_ml_libgwmlfiles_a_OBJECTS)
src_ml_libgwml_a_DEPENDENCIES = $(src_ml_libgwmlfiles_a_OBJECTS)
# Of the same archive, what is read and written once: for size, not for speed.
src_ml_libgwmlfiles_a_CFLAGS = $(AM_CFLAGS) $(SMALL_CFLAGS)
src_ml_libgwmlfiles_a_SOURCES = \
	src/ml/alias.c \
	src/ml/alias.h \
	src/ml/export_sklearn.c \
	src/ml/export_xgboost.c \
	src/ml/foreign.c \
	src/ml/foreign.h \
	src/ml/foreign_formats.h \
	src/ml/import_lightgbm.c \
	src/ml/import_sklearn.c \
	src/ml/import_xgboost.c \
	src/ml/model_file.c \
	src/ml/registry.c \
	src/ml/registry.h \
	src/ml/ubjson.c \
	src/ml/ubjson.h
src_ml_libgwml_a_SOURCES = \
	src/ml/bands.c \
	src/ml/bands.h \
	src/ml/bootstrap.c \
	src/ml/bootstrap.h \
	src/ml/drift.c \
	src/ml/drift.h \
	src/ml/drift_watch.c \
	src/ml/drift_watch.h \
	src/ml/gbdt.c \
	src/ml/gbdt.h \
	src/ml/gbdt_bins.c \
	src/ml/gbdt_grow.c \
	src/ml/gbdt_hist.c \
	src/ml/gbdt_int.h \
	src/ml/gbdt_loss.c \
	src/ml/gbdt_split.c \
	src/ml/linear.c \
	src/ml/linear.h \
	src/ml/logistic.c \
	src/ml/logistic.h \
	src/ml/math.c \
	src/ml/math.h \
	src/ml/matrix.c \
	src/ml/matrix.h \
	src/ml/metrics.c \
	src/ml/metrics.h \
	src/ml/model.c \
	src/ml/model.h \
	src/ml/model_trees.c \
	src/ml/model_trees.h \
	src/ml/scaler.c \
	src/ml/scaler.h \
	src/ml/sequential.c \
	src/ml/sequential.h \
	src/ml/td_logistic.c \
	src/ml/td_logistic.h \
	src/ml/tree.c \
	src/ml/tree.h \
	src/ml/tree_plan.c \
	src/ml/tree_plan.h \
	src/ml/tree_text.c \
	src/ml/tree_text.h
