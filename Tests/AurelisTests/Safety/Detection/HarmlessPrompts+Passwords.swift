extension HarmlessPrompts {
    /// What stands behind the name of a password and is none.
    static let passwords = #"""
        password = input()
        ====
        password: string
        ====
        pwd = os.environ["X"]
        ====
        password = getpass.getpass()
        ====
        password=$DB_PASS
        ====
        password: <your password>
        ====
        PASSWORD=changeme
        ====
        The password is wrong, although Sommer2024 is what the note says.
        ====
        let password = passwordField2.text!
        ====
        let password = credentials2!.Password
        ====
        password = textField2Value!
        ====
        password = secondPassword2!
        ====
        password = Config2::DbPassword
        ====
        password = self.loginForm2Password
        ====
        password: UserPassword2Dto
        ====
        password: Array<Char32>
        ====
        password = hashV2(Input1)
        ====
        password: secrets/Prod2/db
        ====
        password=prefix1$DB_PASS
        ====
        $password = $user->Password2;
        ====
        password = user2->Password;
        ====
        password: Varchar255
        ====
        password: String64
        ====
        password = Base64Text
        ====
        password = md5OfInput
        ====
        PASSWORD_HASHER: Argon2id
        ====
        pwd = MyClass2.Password
        ====
        passwd: files systemd sss
        ====
        passphrase = derivedKey2
        ====
        pwd: /home/Alice2024/Project7
        ====
        password: ${DB_PASSWORD_2024!}
        ====
        password = Env2024["DB"]
        ====
        Enter password: Password123!
        ====
        password: ************
        ====
        password: Str0ng-P4ssw0rd!
        ====
        if password == confirmPassword2! { return }
        ====
        password = await vault2.readSecret("db")
        ====
        password: z.string().min(8)
        ====
        --password=<Password2024!>
        ====
        password = useVersion2? first : second
        ====
        PASSWORD=$(pass show Mail/Work2)
        ====
        password: FieldType1
        ====
        password=Test1234!
        ====
        password := os.Getenv("PW2")
        """#
}
