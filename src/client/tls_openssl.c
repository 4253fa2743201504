/* SPDX-License-Identifier: MIT
 *
 * client/tls_openssl.c - TLS by OpenSSL (1.1.1 and later), over the net seam. Only in builds
 * configured --with-openssl.
 *
 * OpenSSL touches neither socket nor file: a BIO of ours reads and writes the seam, certificates
 * come through env's fs. Its own memory is not counted in the client's.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "client/transport.h"

#ifdef HAVE_OPENSSL

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/secret.h"
#include "client/configuration.h"

#define PEM_MAX ((size_t)4 << 20)

struct tls {			/* of a client */
	struct gw_env	*env;
	SSL_CTX		*ssl_ctx;
	BIO_METHOD	*method;
	bool		 any_host;	/* the certificate may be another host's */
	bool		 has_key;
	bool		 own_trust;	/* ssl.truststore.location is set */
	/* no broker is at the other end, there is no configuration */
	bool		 is_web;
};

struct session {		/* of a connection */
	struct tls	*tls;
	SSL		*ssl;
	int		 handle;
	int		 net_error;	/* the last of the seam: GW_E* or 0 */
	bool		 ended;		/* the seam has no more bytes */
	bool		 wants_write;	/* to go on reading */
	char		 host[256];
};

bool
gw_tls_built_in(void)
{
	return true;
}

const char *
gw_tls_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

/* ---- the seam as a BIO ---- */

static int
net_read(BIO *bio, char *to, int len)
{
	struct session *s = BIO_get_data(bio);
	struct gw_net *net = s->tls->env->net;
	ssize_t n = len <= 0 ? 0 : net->read(net->ctx, s->handle, to, (size_t)len);

	BIO_clear_retry_flags(bio);
	if (n == GW_EAGAIN)
		BIO_set_retry_read(bio);
	else if (n < 0)
		s->net_error = (int)n;
	else if (n == 0)
		s->ended = true;
	return n < 0 ? -1 : (int)n;
}

static int
net_write(BIO *bio, const char *from, int len)
{
	struct session *s = BIO_get_data(bio);
	struct gw_net *net = s->tls->env->net;
	struct gw_slice bytes = { from, len <= 0 ? 0 : (size_t)len };
	ssize_t n = net->write(net->ctx, s->handle, &bytes, 1);

	BIO_clear_retry_flags(bio);
	if (n == GW_EAGAIN)
		BIO_set_retry_write(bio);
	else if (n < 0)
		s->net_error = (int)n;
	return n < 0 ? -1 : (int)n;
}

static long
net_ctrl(BIO *bio, int what, long number, void *arg)
{
	(void)number;
	(void)arg;
	if (what == BIO_CTRL_EOF)
		return ((struct session *)BIO_get_data(bio))->ended;
	return what == BIO_CTRL_FLUSH;
}

static BIO_METHOD *
make_method(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gridwire");

	if (m == NULL)
		return NULL;
	BIO_meth_set_read(m, net_read);
	BIO_meth_set_write(m, net_write);
	BIO_meth_set_ctrl(m, net_ctrl);
	return m;
}

/* ---- what went wrong, in words ---- */

static int
verify_failed(const struct session *s, long code, struct gw_err *err)
{
	const char *who = s->tls->is_web ? "server" : "broker";

	switch (code) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return gw_err_set(err, GW_EAUTH, "the %s's certificate has expired", who);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return gw_err_set(err, GW_EAUTH,
		    "the %s's certificate is not valid yet; is this machine's clock right?", who);
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return gw_err_set(err, GW_EAUTH, "the %s's certificate is not for \"%s\"%s", who,
		    s->host, s->tls->is_web ? "" : ": ask for it by a name that is in the "
		    "certificate (an empty ssl.endpoint.identification.algorithm takes any)");
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return gw_err_set(err, GW_EAUTH,
		    "the %s's certificate is signed by an unknown authority: %s", who,
		    s->tls->is_web ? "$SSL_CERT_FILE can name a file with its certificate" :
		    s->tls->own_trust ? "ssl.truststore.location does not hold its certificate" :
		    "set ssl.truststore.location to the file with its certificate");
	default:
		return gw_err_set(err, GW_EAUTH, "the %s's certificate cannot be trusted: %s",
		    who, X509_verify_cert_error_string(code));
	}
}

/* What the broker said against us, as an alert. */
static int
alert_failed(const struct session *s, unsigned long code, struct gw_err *err)
{
	const char *reason = ERR_reason_error_string(code);

	switch (ERR_GET_REASON(code)) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
		return gw_err_set(err, GW_EAUTH, s->tls->has_key ?
		    "the broker refuses our certificate (%s)" :
		    "the broker wants a client certificate: set ssl.keystore.location (%s)",
		    reason == NULL ? "?" : reason);
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_UNKNOWN_PROTOCOL:
	case SSL_R_HTTP_REQUEST:
		return gw_err_set(err, GW_EAUTH, "there is no TLS on this port");
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return gw_err_set(err, GW_EAUTH, "the %s speaks no TLS from 1.2 on",
		    s->tls->is_web ? "server" : "broker");
	default:
		return gw_err_set(err, GW_EAUTH, "TLS: %s", reason == NULL ? "it failed" : reason);
	}
}

/* After SSL_get_error() said that it is over. */
static int
failed(struct session *s, int ssl_error, struct gw_err *err)
{
	unsigned long code = ERR_peek_error();
	long verify = SSL_get_verify_result(s->ssl);

	ERR_clear_error();
	/* A broker that takes the hello for a request may close or reset: the same to the user. */
	if (s->net_error != 0 && (s->net_error != GW_ECLOSED || SSL_is_init_finished(s->ssl)))
		return gw_err_set(err, s->net_error, "%s", gw_strerror(s->net_error));
	if (verify != X509_V_OK)
		return verify_failed(s, verify, err);
	if (s->ended || s->net_error != 0 || ssl_error == SSL_ERROR_ZERO_RETURN || code == 0)
		return gw_err_set(err, GW_ECLOSED,
		    "the connection was closed as TLS began: is there TLS on this port?");
	return alert_failed(s, code, err);
}

/* ---- a connection ---- */

static void
tls_close(void *session)
{
	struct session *s = session;

	if (s->ssl != NULL && SSL_is_init_finished(s->ssl) && !s->ended && s->net_error == 0) {
		ERR_clear_error();
		(void)SSL_shutdown(s->ssl);	/* a word of goodbye, if there is room for it */
	}
	SSL_free(s->ssl);
	ERR_clear_error();
	gw_alloc_free(s->tls->env->alloc, s);
}

/* Whom the certificate must be for; and SNI, which is for names only. */
static bool
expect_host(struct session *s)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(s->ssl);
	ASN1_OCTET_STRING *ip = a2i_IPADDRESS(s->host);
	bool is_ip = ip != NULL;

	ASN1_OCTET_STRING_free(ip);
	ERR_clear_error();
	if (!is_ip && SSL_set_tlsext_host_name(s->ssl, s->host) != 1)
		return false;
	if (s->tls->any_host)
		return true;
	if (is_ip)
		return X509_VERIFY_PARAM_set1_ip_asc(param, s->host) == 1;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, s->host, 0) == 1;
}

static void *
tls_open(void *ctx, struct gw_env *env, int handle, const char *host, struct gw_err *err)
{
	struct tls *t = ctx;
	struct session *s = gw_alloc_zero(env->alloc, 1, sizeof(*s));
	BIO *bio = NULL;

	if (s == NULL || strlen(host) >= sizeof(s->host))
		goto fail;
	s->tls = t;
	s->handle = handle;
	memcpy(s->host, host, strlen(host) + 1);
	ERR_clear_error();
	s->ssl = SSL_new(t->ssl_ctx);
	bio = s->ssl == NULL ? NULL : BIO_new(t->method);
	if (bio == NULL)
		goto fail;
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	SSL_set_bio(s->ssl, bio, bio);
	SSL_set_connect_state(s->ssl);
	if (expect_host(s))
		return s;
fail:
	(void)gw_err_set(err, GW_ENOMEM, "%.200s: TLS cannot begin: %s", host,
	    gw_strerror(GW_ENOMEM));
	if (s != NULL)
		SSL_free(s->ssl);
	gw_alloc_free(env->alloc, s);
	return NULL;
}

/* n of OpenSSL's, into ours. */
static ssize_t
result(struct session *s, int n, struct gw_err *err)
{
	int code = n > 0 ? SSL_ERROR_NONE : SSL_get_error(s->ssl, n);

	s->wants_write = code == SSL_ERROR_WANT_WRITE;
	switch (code) {
	case SSL_ERROR_NONE:
		return n;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return GW_EAGAIN;
	default:
		return failed(s, code, err);
	}
}

static int
tls_handshake(void *session, struct gw_err *err)
{
	struct session *s = session;
	ssize_t n;

	ERR_clear_error();
	n = result(s, SSL_do_handshake(s->ssl), err);
	return n > 0 ? 0 : (int)n;
}

static ssize_t
tls_read(void *session, void *buf, size_t len, struct gw_err *err)
{
	struct session *s = session;
	ssize_t n;

	ERR_clear_error();
	n = result(s, SSL_read(s->ssl, buf, len > INT32_MAX ? INT32_MAX : (int)len), err);
	return n == GW_ECLOSED ? 0 : n;
}

static ssize_t
tls_write(void *session, struct gw_slice bytes, struct gw_err *err)
{
	struct session *s = session;
	size_t done = 0;

	while (done < bytes.len) {
		size_t len = bytes.len - done;
		ssize_t n;

		ERR_clear_error();
		n = result(s, SSL_write(s->ssl, bytes.ptr + done,
		    len > INT32_MAX ? INT32_MAX : (int)len), err);
		if (n < 0)
			return done > 0 ? (ssize_t)done : n;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static short
tls_events(const void *session)
{
	const struct session *s = session;

	if (s->wants_write)
		return POLLOUT;
	return SSL_is_init_finished(s->ssl) ? 0 : POLLIN;
}

static bool
tls_pending(const void *session)
{
	const struct session *s = session;

	return SSL_pending(s->ssl) > 0;
}

static int64_t
earlier_end(int64_t at, const X509 *cert)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;
	int64_t end = 0;

	if (epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(cert)) == 1)
		end = (int64_t)days * 86400 + seconds;
	ASN1_TIME_free(epoch);
	return at == 0 || end < at ? end : at;
}

static int64_t
tls_expires_s(const void *session)
{
	const struct session *s = session;
	const X509 *own = SSL_get_certificate(s->ssl);
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(s->ssl);
	int64_t at = own == NULL ? 0 : earlier_end(0, own);

	for (int i = 0; chain != NULL && i < sk_X509_num(chain); i++)
		at = earlier_end(at, sk_X509_value(chain, i));
	return at;
}

/* ---- the client's certificates ---- */

static int
read_pem(struct gw_env *env, const char *key, const char *path, struct gw_buf *out,
    struct gw_err *err)
{
	int rc;

	gw_buf_init(out, env->alloc, PEM_MAX);
	rc = gw_fs_read_file(env->fs, path, out, err);
	if (rc == GW_ENOENT && err != NULL)
		rc = err->code = GW_EIO;	/* a file of this machine, no topic */
	if (rc != 0)
		gw_err_prefix(err, "%s: ", key);
	return rc;
}

static int
bad_file(struct gw_err *err, const char *key, const char *path, const char *why)
{
	ERR_clear_error();
	return gw_err_set(err, GW_EINVAL, "%s: %s %s", key, path, why);
}

static int
trust_file(struct tls *t, const char *path, struct gw_err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(t->ssl_ctx);
	struct gw_buf text;
	int n = 0, rc = read_pem(t->env, "ssl.truststore.location", path, &text, err);
	BIO *bio = rc == 0 ? BIO_new_mem_buf(text.ptr, (int)text.len) : NULL;
	X509 *cert;

	while (bio != NULL && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		n += X509_STORE_add_cert(store, cert);
		X509_free(cert);
	}
	BIO_free(bio);
	gw_buf_fini(&text);
	if (rc == 0 && n == 0)
		rc = bad_file(err, "ssl.truststore.location", path, "holds no PEM certificate");
	ERR_clear_error();
	return rc;
}

static int
give_password(char *to, int cap, int writing, void *arg)
{
	const char *password = arg;
	size_t len = strlen(password);

	(void)writing;
	if (len > (size_t)cap)
		return -1;
	memcpy(to, password, len);
	return (int)len;
}

/* The first certificate is ours, those behind it lead to the authority. */
static bool
use_certificates(SSL_CTX *ctx, BIO *bio)
{
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	bool good = cert != NULL && SSL_CTX_use_certificate(ctx, cert) == 1;

	X509_free(cert);
	while (good && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (SSL_CTX_add_extra_chain_cert(ctx, cert) != 1) {
			X509_free(cert);
			good = false;
		}
	ERR_clear_error();
	return good;
}

static int
key_file(struct tls *t, const struct gw_client_config *cfg, struct gw_err *err)
{
	const char *key = "ssl.keystore.location", *path = cfg->ssl_keystore_location;
	struct gw_buf text;
	int rc = read_pem(t->env, key, path, &text, err);
	BIO *certs = rc == 0 ? BIO_new_mem_buf(text.ptr, (int)text.len) : NULL;
	BIO *keys = rc == 0 ? BIO_new_mem_buf(text.ptr, (int)text.len) : NULL;
	EVP_PKEY *own = NULL;

	if (rc != 0)
		goto out;
	if (certs == NULL || keys == NULL) {
		rc = gw_err_set(err, GW_ENOMEM, "%s: %s", key, gw_strerror(GW_ENOMEM));
		goto out;
	}
	own = PEM_read_bio_PrivateKey(
	    keys, NULL, give_password, (void *)(uintptr_t)cfg->ssl_key_password);
	if (own == NULL)
		rc = bad_file(err, key, path,
		    "holds no private key in PEM, or ssl.key.password is wrong");
	else if (!use_certificates(t->ssl_ctx, certs))
		rc = bad_file(err, key, path, "holds no certificate in PEM");
	else if (SSL_CTX_use_PrivateKey(t->ssl_ctx, own) != 1 ||
	    SSL_CTX_check_private_key(t->ssl_ctx) != 1)
		rc = bad_file(err, key, path,
		    "has a private key that is not its first certificate's");
	t->has_key = rc == 0;
out:
	EVP_PKEY_free(own);
	BIO_free(keys);
	BIO_free(certs);
	gw_secret_buf_fini(&text);
	return rc;
}

static void
tls_free(void *ctx)
{
	struct tls *t = ctx;

	SSL_CTX_free(t->ssl_ctx);
	if (t->method != NULL)
		BIO_meth_free(t->method);
	gw_alloc_free(t->env->alloc, t);
}

static int
set_up(struct tls *t, const struct gw_client_config *cfg, struct gw_err *err)
{
	int rc = 0;

	t->method = make_method();
	t->ssl_ctx = SSL_CTX_new(TLS_client_method());
	if (t->method == NULL || t->ssl_ctx == NULL ||
	    SSL_CTX_set_min_proto_version(t->ssl_ctx, TLS1_2_VERSION) != 1)
		return gw_err_set(err, GW_ENOMEM, "TLS cannot be set up");
	SSL_CTX_set_verify(t->ssl_ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(t->ssl_ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(t->ssl_ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	    SSL_MODE_RELEASE_BUFFERS);
	if (cfg == NULL) {
		t->is_web = true;
		(void)SSL_CTX_set_default_verify_paths(t->ssl_ctx);
		return 0;
	}
	t->any_host = cfg->ssl_identification != 0;
	t->own_trust = cfg->ssl_truststore_location[0] != '\0';
	if (t->own_trust)
		rc = trust_file(t, cfg->ssl_truststore_location, err);
	else
		(void)SSL_CTX_set_default_verify_paths(t->ssl_ctx);
	if (rc == 0 && cfg->ssl_keystore_location[0] != '\0')
		rc = key_file(t, cfg, err);
	return rc;
}

static const struct gw_transport transport = { tls_open, tls_handshake, tls_read, tls_write,
	tls_events, tls_pending, tls_expires_s, tls_close, tls_free };

const struct gw_transport *
gw_tls_new(const struct gw_client_config *cfg, struct gw_env *env, void **ctx, struct gw_err *err)
{
	struct tls *t = gw_alloc_zero(env->alloc, 1, sizeof(*t));

	if (t == NULL) {
		(void)gw_err_set(err, GW_ENOMEM, "TLS: %s", gw_strerror(GW_ENOMEM));
		return NULL;
	}
	t->env = env;
	if (set_up(t, cfg, err) != 0) {
		tls_free(t);
		return NULL;
	}
	*ctx = t;
	return &transport;
}

#endif
