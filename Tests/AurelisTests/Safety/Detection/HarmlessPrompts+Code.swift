extension HarmlessPrompts {
    static let code = #"""
        Review this:
        ```swift
        let password = passwordField.text ?? ""
        guard password.count >= 8 else { throw LoginError.tooShort }
        ```
        ====
        ```swift
        struct Credentials: Sendable {
            let token: String
            let secret: Secret
            var apiKey: APIKey { .environment("OPENAI_API_KEY") }
        }
        ```
        ====
        ```python
        api_key = os.environ["OPENAI_API_KEY"]
        client = OpenAI(api_key=api_key, max_retries=3)
        ```
        ====
        ```python
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token: raise HTTPException(401)
        ```
        ====
        ```python
        password = getpass.getpass("Password: ")
        secret = secrets.token_urlsafe(32)
        ```
        ====
        ```python
        SECRET_KEY = os.getenv("SECRET_KEY", "change-me-in-production")
        ```
        ====
        ```python
        SECRET_KEY = "django-insecure-replace-this-with-your-own-secret-key"
        ```
        ====
        ```python
        def login(username: str, password: str, *, token: Optional[str] = None) -> Session:
            return Session(username=username, password=password, token=token)
        ```
        ====
        ```python
        tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased", pad_token="[PAD]", unk_token="[UNK]")
        ```
        ====
        ```python
        tokens = enc.encode(text); print(len(tokens), tokens[:10])
        eos_token_id = tokenizer.eos_token_id  # 50256
        ```
        ====
        ```python
        key = f"user:{user_id}:session:{session_id}"
        redis.set(key, token, ex=3600)
        ```
        ====
        ```python
        hashed_password = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=12))
        ```
        ====
        ```python
        password_hash = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"
        ```
        ====
        ```python
        password = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG"
        ```
        ====
        ```python
        for token in doc:
            print(token.text, token.pos_, token.dep_)
        ```
        ====
        ```python
        @pytest.fixture
        def auth_headers():
            return {"Authorization": "Bearer test-token", "X-API-Key": "test-api-key"}
        ```
        ====
        ```python
        assert client.post("/login", json={"username": "alice", "password": "wonderland"}).status_code == 200
        ```
        ====
        ```python
        user = User.objects.create_user("bob", password="p4ssw0rd")
        ```
        ====
        ```python
        monkeypatch.setenv("GITHUB_TOKEN", "fake-token")
        ```
        ====
        ```javascript
        const apiKey = process.env.STRIPE_SECRET_KEY;
        const stripe = new Stripe(apiKey, { apiVersion: "2024-06-20" });
        ```
        ====
        ```javascript
        const token = localStorage.getItem("token");
        axios.defaults.headers.common["Authorization"] = `Bearer ${token}`;
        ```
        ====
        ```javascript
        const { password, confirmPassword } = req.body;
        if (password !== confirmPassword) return res.status(400).json({ error: "passwords differ" });
        ```
        ====
        ```javascript
        jwt.sign({ sub: user.id }, process.env.JWT_SECRET, { expiresIn: "15m" });
        ```
        ====
        ```javascript
        const secret = "your-256-bit-secret";
        ```
        ====
        ```javascript
        const passwordRegex = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d]{8,}$/;
        ```
        ====
        ```javascript
        Object.entries(map).map(([key, value]) => <li key={key}>{value}</li>)
        ```
        ====
        ```javascript
        if (event.key === "Enter" && token !== undefined) submit({ key: event.key, token });
        ```
        ====
        ```typescript
        interface Config { apiKey: string; secretKey?: string; accessToken: string | null; password: string }
        ```
        ====
        ```typescript
        export const selectToken = (state: RootState): string | undefined => state.auth.accessToken;
        ```
        ====
        ```typescript
        const accessToken: string = await this.tokenService.getAccessTokenSilently2({ scope: "read:user" });
        ```
        ====
        ```typescript
        password: z.string().min(8).max(128), token: z.string().uuid()
        ```
        ====
        ```typescript
        const apiKey = config.get<string>("services.openai.apiKey");
        const clientSecret = settings.oauth2ClientSecretV2;
        ```
        ====
        ```go
        token := os.Getenv("GITHUB_TOKEN")
        if token == "" { log.Fatal("GITHUB_TOKEN is not set") }
        ```
        ====
        ```go
        type Config struct {
        	APIKey   string `json:"api_key" yaml:"apiKey"`
        	Password string `json:"-"`
        }
        ```
        ====
        ```go
        tok, lit := s.scan(); if tok != token.IDENT { return nil, fmt.Errorf("unexpected token: %v", lit) }
        ```
        ====
        ```go
        key := sha256.Sum256([]byte(password)); block, err := aes.NewCipher(key[:])
        ```
        ====
        ```rust
        let token: &str = &headers["x-auth-token"];
        let password: String = rpassword::prompt_password("Password: ")?;
        ```
        ====
        ```rust
        enum Token<'a> { Ident(&'a str), Number(f64), Eof }
        fn next_token(&mut self) -> Token<'_> { self.advance() }
        ```
        ====
        ```rust
        const API_KEY: &str = env!("API_KEY");
        const SECRET: &'static str = include_str!("../secret.txt");
        ```
        ====
        ```java
        String password = System.getenv("DB_PASSWORD");
        String apiKey = properties.getProperty("api.key");
        ```
        ====
        ```java
        @Value("${spring.datasource.password}") private String password;
        @Value("${jwt.secret:changeit}") private String jwtSecret;
        ```
        ====
        ```java
        KeyStore ks = KeyStore.getInstance("PKCS12"); ks.load(in, "changeit".toCharArray());
        ```
        ====
        ```java
        private static final String TOKEN_PREFIX = "Bearer "; private static final String PASSWORD_FIELD = "password";
        ```
        ====
        ```csharp
        var secret = await client.GetSecretAsync("DbPassword"); string password = secret.Value.Value;
        ```
        ====
        ```csharp
        public string Password { get; set; } = string.Empty; public string Token { get; init; } = default!;
        ```
        ====
        ```ruby
        user.authenticate(params[:password]) && session[:token] = SecureRandom.hex(32)
        ```
        ====
        ```ruby
        Rails.application.credentials.dig(:aws, :secret_access_key)
        ```
        ====
        ```ruby
        let(:password) { "Passw0rd!" }
        let(:token) { "abc123" }
        ```
        ====
        ```php
        $password = $_POST['password'] ?? '';
        $token = bin2hex(random_bytes(32));
        define('DB_PASSWORD', getenv('DB_PASSWORD'));
        ```
        ====
        ```php
        'password' => Hash::make($request->password), 'api_token' => Str::random(60),
        ```
        ====
        ```sql
        CREATE USER app WITH PASSWORD :'password'; ALTER TABLE users ADD COLUMN reset_token text;
        ```
        ====
        ```sql
        SELECT key, value FROM settings WHERE key = 'token_ttl' AND secret IS NULL;
        ```
        ====
        ```c
        char password[64]; const char *token = strtok(line, " "); int key = 0x2A;
        ```
        ====
        ```cpp
        std::string token = lexer.next(); if (token == "password") { auto secret = read_secret(stdin); }
        ```
        ====
        ```bash
        export AWS_SECRET_ACCESS_KEY="$(aws configure get aws_secret_access_key)"
        read -rs -p "Password: " PASSWORD
        ```
        ====
        ```bash
        TOKEN=$(curl -s -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")
        ```
        ====
        ```bash
        docker run -e POSTGRES_PASSWORD=postgres -e API_KEY=$API_KEY -p 5432:5432 postgres:16
        ```
        ====
        ```bash
        gh secret set NPM_TOKEN --body "$NPM_TOKEN"; kubectl create secret generic db --from-literal=password=changeme
        ```
        ====
        ```bash
        openssl rand -base64 32 | tee secret.key; openssl pkey -in private_key.pem -pubout
        ```
        ====
        ```kotlin
        val apiKey: String = BuildConfig.API_KEY; val password: CharArray = passwordField.password
        ```
        ====
        ```dart
        final token = await storage.read(key: 'access_token'); final password = controller.text;
        ```
        ====
        ```elixir
        password = System.fetch_env!("DATABASE_PASSWORD"); token = Phoenix.Token.sign(conn, "user auth", user.id)
        ```
        ====
        ```haskell
        data Token = TokInt Int | TokPlus deriving (Show, Eq); tokenize :: String -> [Token]
        ```
        ====
        ```lua
        vim.keymap.set("n", "<leader>ff", builtin.find_files, { desc = "Find files" }) local token = parser:next()
        ```
        ====
        ```css
        :root { --token-color-primary-500: #1e40af; --key-shadow: #00000033; --password-strength-4: #16a34a; }
        ```
        ====
        ```scss
        $token-spacing-01: 0.125rem; $token-spacing-13: 10rem; $secret-sauce: darken(#6610f2, 12%);
        ```
        ====
        ```html
        <input id="password2" type="password" autocomplete="new-password" placeholder="At least 12 characters, 1 digit">
        ```
        ====
        ```html
        <meta name="csrf-token" content="{{ csrf_token() }}"><script src="app.js?v=20240611123456"></script>
        ```
        ====
        ```html
        <script src="https://cdn.example.com/react.min.js" integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC" crossorigin="anonymous"></script>
        ```
        ====
        ```diff
        -    token = get_token(user)
        +    token = await get_token_async(user, ttl=timedelta(minutes=15))
             secret: SecretStr = Field(..., env="APP_SECRET")
        ```
        ====
        ```swift
        enum TokenKind: String { case identifier, keyword, number, string; static let maxTokenLength2048 = 2_048 }
        let tokenKindForPasswordFieldV2Beta3 = TokenKind.identifier
        ```
        ====
        ```swift
        let secretKey: SymmetricKey = SymmetricKey(size: .bits256)
        let signingKey = P256.Signing.PrivateKey()
        ```
        ====
        ```swift
        #expect(TokenParser.parse("Bearer abc.def.ghi") == .bearer("abc.def.ghi"))
        let accessToken = makeAccessToken(for: user2FAEnabled, expiresIn: .hours(1))
        ```
        ====
        ```swift
        let key = SIMD16<UInt8>(0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c)
        ```
        ====
        ```python
        class ApiKeyAuthentication2(BaseAuthentication): keyword = "Api-Key"; model = ApiKeyModelV2
        refresh_token=refresh_token_from_cookie_v2, access_token=None, secret_key=settings.SECRET_KEY_FALLBACKS_2024
        ```
        ====
        Rename `getUserAccessTokenFromOAuth2ProviderWithPKCE` to `token(for:)` and `base64UrlEncodeSha256Digest` to `challenge`.
        ====
        Why is `sk-spinner-three-bounce-animation-container` in my CSS? It comes from SpinKit: sk-circle, sk-cube-grid, sk-folding-cube-wrapper.
        ====
        Change the class names: sk-dashboard-header-navigation-item-active to dashboard-item, whsec_container_for_widgets_and_panels to panel.
        ====
        What does `hf_hub_download_with_progress_callback_and_retries` do?
        ====
        npm_config_registry_with_authentication_enabled is set to true; npm_package_version is empty.
        """#
}
