// What --help prints: of the gateway, and of the ledger's commands.
// Promises: every option and variable that config.ts reads for people is named. Leaves alone: reading them.

export const helpText = `Usage: tollgate [options]

  --port <number>         port to listen on (TOLLGATE_PORT, 4000; 0 picks a free one)
  --host <address>        address to listen on (TOLLGATE_HOST, 127.0.0.1)
  --data-dir <folder>     where the ledger lives (TOLLGATE_DATA_DIR)
  --config <file.yaml>    a LiteLLM configuration file (TOLLGATE_CONFIG)
  --accept-unsupported    start although the file asks for protections this version does not have
  --durability <mode>     full: every answer survives a power cut (default) · normal: survives a crash (TOLLGATE_DURABILITY)
  --allow-host <name>     a further name callers may use in the Host header; can be repeated (TOLLGATE_HOSTS, comma-separated)
  --vault <store>         where provider keys are saved: keychain · passphrase · environment (not at all) (TOLLGATE_VAULT)
  --passphrase-file <f>   a file that holds the passphrase of the passphrase vault (TOLLGATE_PASSPHRASE_FILE)
  --lan <address[:port]>  LAN mode: inference by TLS on an address of the network, keys required (TOLLGATE_LAN, port 4443)
  --lan-certificate <f>, --lan-key <f>   a certificate of your own for it (PEM), instead of one by an authority that Tollgate makes
  --lan-name <name>       a further name or address that other machines call this one by; can be repeated
  --lan-callers <f>       callers must also show a certificate by one of the authorities in this file (PEM)
  --lan-panel             the panel and the admin routes answer there, too
  --version, --help

  TOLLGATE_ADMIN_KEY      the admin key (also read from LITELLM_MASTER_KEY, and from the file that TOLLGATE_ADMIN_KEY_FILE names)
  TOLLGATE_PASSPHRASE     the passphrase of the passphrase vault
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   the proxy on the way to providers, and the hosts that are reached without it
  SSL_CERT_FILE           certificates to trust beside the usual ones (also NODE_EXTRA_CA_CERTS)
  SSL_CERTIFICATE         a client certificate with its key, for servers that ask for one
`

export const ledgerHelp = `Usage: npm run ledger -- <command> [--data-dir <folder>]

  list                              the backups there are
  backup                            make one now, read it again and keep it
  verify                            recompute every sum, price and row of the ledger; ends with 1 when something does not balance
  restore <file|latest> [--preview] put a backup in the ledger's place; --preview only shows what that would mean`
