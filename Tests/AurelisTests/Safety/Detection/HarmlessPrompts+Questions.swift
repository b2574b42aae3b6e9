extension HarmlessPrompts {
    static let questions = #"""
        Write a tokenizer in Swift
        ====
        Why does my tokenizer split "don't" into three tokens?
        ====
        Set max_tokens: 4096 and temperature: 0.2, then explain what happens to the prompt tokens.
        ====
        How do I store a password so that nobody can read it?
        ====
        My password field loses focus when I type. Here is the component: <input type="password" name="password" />
        ====
        Explain the difference between an access token and a refresh token.
        ====
        What is the best key for a dictionary of users: the email or the id?
        ====
        monkey patching in Python: is it a good idea?
        ====
        What does token_usage: {prompt: 120, completion: 80} mean in the response?
        ====
        Review the design: primary key is a UUID, foreign key is an integer, and the cache key is a hash.
        ====
        How long should an API key be?
        ====
        Where should I put my API key in a Next.js project?
        ====
        Generate a regular expression that matches GitHub tokens such as ghp_ followed by 36 characters.
        ====
        What is the format of a token that begins with github_pat_?
        ====
        Why do AWS access key IDs begin with AKIA or ASIA?
        ====
        Is AKIAIOSFODNN7EXAMPLE a real key? And wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY?
        ====
        Write a function isStrongPassword(password) that wants 8 characters, a digit and a symbol.
        ====
        Explain OAuth 2.0 with PKCE: code_verifier, code_challenge, and the token endpoint.
        ====
        Convert this curl to fetch: curl -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/users
        ====
        Convert this curl to Python: curl -H "Authorization: Bearer YOUR_API_KEY" https://api.openai.com/v1/models
        ====
        curl -u user:password https://example.com works but -u "$USER:$PASS" does not. Why?
        ====
        The header is Authorization: Basic dXNlcjpwYXNzd29yZA== and the server answers 401.
        ====
        Decode this for me: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
        ====
        How do I rotate secrets in Kubernetes without a restart?
        ====
        What is a salt, and why is it stored beside the password hash?
        ====
        Compare bcrypt, scrypt and argon2 for password hashing.
        ====
        Why is `password == "password"` a bad check?
        ====
        Write a test that logs in with username "alice" and password "password123".
        ====
        My test uses password: "test1234" and fails with 403.
        ====
        In the fixture the secret is "changeme" and the token is "dummy-token-for-tests".
        ====
        Name five ways to leak a token in a log file.
        ====
        Please write documentation for the environment variables OPENAI_API_KEY, GITHUB_TOKEN and DATABASE_PASSWORD.
        ====
        Add OPENAI_API_KEY=sk-... to the README and explain where to get one.
        ====
        Put OPENAI_API_KEY=your-api-key-here into .env.example
        ====
        The placeholder is sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, should I replace it?
        ====
        Use export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx before you run it.
        ====
        In the docs it says ghp_1234567890abcdefghijklmnopqrstuvwxyz, mine looks different.
        ====
        Translate to German: "Your password must contain at least one number: try again."
        ====
        Der Schlüssel: wie lang muss er sein? Das Passwort: mindestens zwölf Zeichen.
        ====
        パスワード: 8文字以上にしてください。トークン: 期限切れです。
        ====
        Пароль: не менее 8 символов. Токен: истёк.
        ====
        What is the token limit of gpt-4o-mini-2024-07-18?
        ====
        Count the tokens of this text with cl100k_base and o200k_base.
        ====
        Explain attention: query, key, value; why is the key: value product scaled by sqrt(d_k)?
        ====
        keyboard.on('keydown', e => e.key === 'Escape' && close())
        ====
        What does "key: expected string, got number" mean in zod?
        ====
        The secret: practice every day. The key: patience.
        ====
        Password reset flow: user enters email, we send a token, the token expires after 15 minutes.
        ====
        password: must be at least 12 characters long, contain upper and lower case and a digit
        ====
        How do I read a password from stdin without echo in Rust?
        ====
        What is the difference between ssh-keygen -t rsa and -t ed25519?
        ====
        Explain what "-----BEGIN PRIVATE KEY-----" means and how it differs from "-----BEGIN RSA PRIVATE KEY-----".
        ====
        How do I convert a key from PKCS#1 to PKCS#8? The file begins with -----BEGIN RSA PRIVATE KEY----- and ends with -----END RSA PRIVATE KEY-----.
        ====
        Here is the shape of the file:
        -----BEGIN PRIVATE KEY-----
        MIIE...
        -----END PRIVATE KEY-----
        Write a parser for it.
        ====
        Here is the shape of the file:
        -----BEGIN OPENSSH PRIVATE KEY-----
        <your key here>
        -----END OPENSSH PRIVATE KEY-----
        ====
        How do I use postgres://user:password@localhost:5432/mydb with SQLAlchemy?
        ====
        Why does postgresql://postgres:postgres@db:5432/postgres not resolve in docker compose?
        ====
        mongodb://localhost:27017 works, mongodb+srv://<username>:<password>@cluster0.example.mongodb.net does not.
        ====
        redis://default:${REDIS_PASSWORD}@redis:6379/0 is not interpolated. Why?
        ====
        amqp://guest:guest@localhost:5672// is the default of RabbitMQ, right?
        ====
        mysql://root:root@127.0.0.1/test fails with access denied
        ====
        sftp://user:pass@host/path: how do I escape an @ in the password?
        ====
        What does https://user@example.com/ do? And https://user:pass@example.com/?
        ====
        Is it safe to put ?token=abc in a URL?
        ====
        https://example.com/reset?token={token}&email={email} is the template; write the handler.
        ====
        https://example.com/callback?code=4/0AX4XfWh&state=xyz: what is state for?
        ====
        Explain this JWT: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c
        ====
        A JWT has three parts: header.payload.signature, such as eyJhbGciOi.eyJzdWIiOi.SflKxw
        ====
        Why does every JWT begin with eyJ?
        ====
        How do I verify an RS256 token with the public key from a JWKS endpoint?
        ====
        Slack tokens begin with xoxb- or xoxp-. Which one do I need to post a message?
        ====
        Stripe has sk_live_ and sk_test_ keys; which one goes into CI?
        ====
        Use sk_test_4eC39HqLyjWDarjtT1zdp7dc, the key from Stripe's documentation.
        ====
        What is hf_ in front of a Hugging Face token?
        ====
        glpat- is GitLab's prefix; write a pre-commit hook that rejects it.
        ====
        How do I create a fine-grained token with contents: read and metadata: read?
        ====
        The commit is 1936323c8a6f2e5d4b7a9c0e1f3d5b7a9c1e3f5d, what changed?
        ====
        git rebase --onto 711db963c8a6f2e5d4b7a9c0e1f3d5b7a9c1e3f5 main feature/token-refresh
        ====
        The build failed at sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        ====
        My UUID is 550e8400-e29b-41d4-a716-446655440000. Is it version 4?
        ====
        token: 550e8400-e29b-41d4-a716-446655440000 is what the fixture uses.
        ====
        Why does my keymap `<leader>tk` not work in Neovim?
        ====
        Sort these: secretary, secretion, tokenism, keystone, passwordless.
        ====
        Write a haiku about a forgotten password.
        ====
        What is a password manager's master password, and where is it stored?
        ====
        Can you write a password generator in Go with crypto/rand?
        ====
        Is "correct horse battery staple" a good passphrase?
        ====
        passphrase: "correct horse battery staple"
        ====
        pwd prints the wrong directory in my shell. PWD=/home/alice/projects/token-service
        ====
        PASS: TestTokenRefresh (0.03s)
        PASS: TestPasswordReset2 (0.12s)
        ok  	example.com/auth	0.214s
        ====
        FAIL: test_secret_rotation_v2 expected: 3 got: 4
        ====
        Explain the error: invalid_grant: Token has been expired or revoked.
        ====
        Explain the error: error=invalid_token, error_description="The access token expired"
        ====
        SyntaxError: Unexpected token } in JSON at position 104
        ====
        Uncaught SyntaxError: Unexpected token: punctuator (<)
        ====
        KeyError: 'api_key' at line 32. How do I give a default?
        ====
        botocore.exceptions.NoCredentialsError: Unable to locate credentials
        ====
        remote: Support for password authentication was removed on August 13, 2021.
        ====
        What is the minimum entropy in bits of a session token according to OWASP?
        ====
        Make the table: column secret_id (uuid), column key_version (int4), column token_hash (bytea).
        ====
        Rename api_key_id to apiKeyID everywhere.
        """#
}
