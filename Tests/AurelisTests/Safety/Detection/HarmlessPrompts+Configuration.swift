extension HarmlessPrompts {
    static let configuration = #"""
        ```yaml
        services:
          db:
            image: postgres:16
            environment:
              POSTGRES_USER: app
              POSTGRES_PASSWORD: ${DB_PASSWORD:?set it}
        ```
        ====
        ```yaml
        services:
          db:
            environment:
              POSTGRES_PASSWORD: postgres
              MYSQL_ROOT_PASSWORD: root
              MINIO_ROOT_PASSWORD: minioadmin
        ```
        ====
        ```yaml
        env:
          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}
          API_KEY: "{{ vault_api_key }}"
        ```
        ====
        ```yaml
        apiVersion: v1
        kind: Secret
        metadata:
          name: db-credentials
        type: Opaque
        stringData:
          password: change-me
        ```
        ====
        ```yaml
        secretKeyRef:
          name: openai-api-key-v2
          key: api-key
        ```
        ====
        ```yaml
        auth:
          password_policy: min12-upper1-digit1
          token_ttl: 15m
          secret_rotation: 90d
          key_id: 2024-06-rotation-key-7
        ```
        ====
        ```yaml
        security:
          api_key: !secret openai_api_key
          password: !vault |
            $ANSIBLE_VAULT;1.1;AES256
        ```
        ====
        ```env
        OPENAI_API_KEY=
        GITHUB_TOKEN=
        DATABASE_URL=postgres://app:${DB_PASSWORD}@db:5432/app
        SECRET_KEY=replace-me-with-a-long-random-string
        ```
        ====
        ```env
        API_KEY=<your-api-key>
        SECRET=<generate with openssl rand -hex 32>
        JWT_SECRET=supersecretjwtsecretkey
        PASSWORD=password
        ```
        ====
        ```env
        AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
        AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
        AWS_REGION=eu-central-1
        ```
        ====
        ```env
        STRIPE_SECRET_KEY=sk_test_xxxxxxxxxxxxxxxxxxxxxxxx
        STRIPE_WEBHOOK_SECRET=whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        SENDGRID_API_KEY=SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        ```
        ====
        ```env
        SLACK_BOT_TOKEN=xoxb-your-token-here-replace-me-please
        DISCORD_TOKEN=your_discord_bot_token_goes_here
        TELEGRAM_TOKEN=123456789:your_telegram_bot_token_here_please
        ```
        ====
        ```toml
        [database]
        password = "env:DB_PASSWORD"
        token = "op://vault/item/token"
        secret = "file:/run/secrets/db_password_v2"
        ```
        ====
        ```toml
        [package]
        name = "tokenizers"
        version = "0.19.1"
        [dependencies]
        secrecy = { version = "0.8.0", features = ["serde"] }
        ```
        ====
        ```json
        {"model": "gpt-4o", "max_tokens": 1000, "stop_token": "<|endoftext|>", "token_usage": {"prompt_tokens": 12}}
        ```
        ====
        ```json
        {"username": "alice", "password": "••••••••", "token": "***", "apiKey": "[REDACTED]"}
        ```
        ====
        ```json
        {"type": "object", "properties": {"password": {"type": "string", "minLength": 8}, "token": {"type": "string"}}}
        ```
        ====
        ```json
        {"key": "Ctrl+Shift+K", "command": "editor.action.deleteLines", "when": "textInputFocus && !editorReadonly"}
        ```
        ====
        ```json
        {"secret_name": "prod/db/password", "version_id": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111", "key_arn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
        ```
        ====
        ```json
        {"keys": [{"kty": "RSA", "kid": "2011-04-29", "use": "sig", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W", "e": "AQAB"}]}
        ```
        ====
        ```json
        {
          "name": "web", "lockfileVersion": 3,
          "packages": {
            "node_modules/js-tokens": {
              "version": "4.0.0",
              "resolved": "https://registry.npmjs.org/js-tokens/-/js-tokens-4.0.0.tgz",
              "integrity": "sha512-RdJUflcE3cUzKiMqQgsCu06FPu9UdIJO0beYbPhHN4k6apgJtifcoCtT9bcxOpYBtpD2kCM6Sbzg4CausW/PKQ=="
            }
          }
        }
        ```
        ====
        ```json
        {"identity": "swift-crypto", "kind": "remoteSourceControl", "state": {"revision": "5669f222e46c8134fb1f399c745b6882b43532d3", "version": "3.7.0"}}
        ```
        ====
        ```
        github.com/golang-jwt/jwt/v5 v5.2.1 h1:OuVbFODueb089Lh128TAcimifWaLhJwVflnrgM17wHk=
        github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:pqrtFR0X4osieyHYxtmOUWsAWrfe1Q5UVIyoH402zdk=
        ```
        ====
        ```
        [[package]]
        name = "secrecy"
        version = "0.8.0"
        checksum = "9bd1c54ea06cfd2f6b63219704de0b9b4f72dcc2b8fdef820be6cd799780e91e"
        ```
        ====
        ```
        PyJWT==2.8.0 --hash=sha256:59127c392cc44c2da5bb3192169a91f429924e17aff6534d70fdc02ab3e04320
        cryptography==42.0.8 --hash=sha256:8d09d05439ce7baa8e9e95b07ec5b6c886f548deb7e0f69ef25f64b3bce842f2
        ```
        ====
        ```nginx
        location /api { proxy_set_header Authorization $http_authorization; proxy_set_header X-Api-Key $http_x_api_key; }
        ssl_certificate_key /etc/ssl/private/example.com.key;
        ```
        ====
        ```ini
        [mysqld]
        validate_password.policy=STRONG
        validate_password.length=12
        default_authentication_plugin=caching_sha2_password
        ```
        ====
        ```ini
        [auth]
        secret_key_file = /etc/app/secret_key_v2.pem
        password_hash_algorithm = argon2id
        token_cache_size = 128MB
        ```
        ====
        ```hcl
        variable "db_password" { type = string, sensitive = true }
        resource "aws_db_instance" "db" { password = var.db_password, kms_key_id = aws_kms_key.db.arn }
        ```
        ====
        ```hcl
        data "aws_secretsmanager_secret_version" "db" { secret_id = "prod/db-password-v2" }
        ```
        ====
        ```dockerfile
        ARG NPM_TOKEN
        RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
        ENV DJANGO_SECRET_KEY=build-time-only-not-a-real-secret
        ```
        ====
        ```xml
        <property name="password" value="${db.password}"/>
        <password>{jasypt.encryptor}</password>
        ```
        ====
        ```xml
        <PackageReference Include="Microsoft.IdentityModel.Tokens" Version="7.6.2" PublicKeyToken="31bf3856ad364e35" />
        ```
        ====
        ```
        Host github.com
          IdentityFile ~/.ssh/id_ed25519_work2024
          PasswordAuthentication no
        ```
        ====
        ```http
        POST /oauth/token HTTP/1.1
        Content-Type: application/x-www-form-urlencoded

        grant_type=refresh_token&refresh_token={{refresh_token}}&client_secret={{client_secret}}
        ```
        ====
        ```http
        GET /me HTTP/1.1
        Authorization: Bearer <access-token>
        X-Api-Key: {api_key}
        Cookie: theme=dark
        ```
        ====
        ```http
        HTTP/1.1 401 Unauthorized
        WWW-Authenticate: Bearer realm="api", error="invalid_token", error_description="expired"
        X-Request-Id: 7f3c1b2a9d8e4f60b1c2d3e4f5a6b7c8
        ```
        ====
        ```graphql
        mutation Login($email: String!, $password: String!) { login(email: $email, password: $password) { token expiresAt } }
        ```
        ====
        ```proto
        message LoginRequest { string username = 1; string password = 2; } message LoginResponse { string access_token = 1; }
        ```
        ====
        ```
        {"level":"warn","msg":"token refresh failed","token_id":"tok_2024","attempt":3,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}
        ```
        ====
        ```
        2024-06-11T12:00:00Z INFO key rotation finished key_version=7 token_count=42 password_age_days=31
        ```
        ====
        ```
        traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
        ```
        ====
        ```
        ETag: W/"33a64df551425fcc55e4d42a148795d9f25f89d4"
        Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
        ```
        ====
        ```
        add_header Content-Security-Policy "script-src 'nonce-rAnd0mN0nc3V4lu3XyZ' 'strict-dynamic'";
        ```
        """#
}
