using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class AuthOnSqlite(SqliteApi api) : AuthContract(api);

[Collection(ServersApiCollection.Name)]
public sealed class AuthOnServers(ServersApi api) : AuthContract(api);

public abstract class AuthContract(ApiHost api)
{
    [Fact]
    public async Task Register_WhenNew_AnswersTheAccount()
    {
        var email = $"new-{Guid.NewGuid():N}@example.org";

        using var answer = await api.Anonymous.PostAsJsonAsync("/api/auth/register", new { email, username = "Zoë 🧠", password = ApiUser.Password });

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        var account = await answer.Content.ReadFromJsonAsync<JsonElement>();
        account.GetProperty("id").GetGuid().Should().NotBeEmpty();
        account.Text("email").Should().Be(email);
        account.Text("username").Should().Be("Zoë 🧠");
        account.EnumerateObject().Select(member => member.Name).Should().BeEquivalentTo("id", "email", "username");
    }

    [Fact]
    public async Task Register_WhenAddressIsTakenInOtherLetters_Is409()
    {
        var user = await api.NewUserAsync();

        using var answer = await api.Anonymous.PostAsJsonAsync("/api/auth/register", new { email = user.Email.ToUpperInvariant(), username = "x", password = ApiUser.Password });

        await answer.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
    }

    [Fact]
    public async Task Login_WhenRight_AnswersASession()
    {
        var user = await api.NewUserAsync("The name");

        using var answer = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password });

        var session = await answer.Content.ReadFromJsonAsync<JsonElement>();
        session.Text("token_type").Should().Be("Bearer");
        session.GetProperty("expires_in").GetInt32().Should().Be(3600);
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        var me = await user.GetAsync("/api/auth/me");
        me.Text("email").Should().Be(user.Email);
        me.Text("username").Should().Be("The name");
        me.GetProperty("roles").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Login_WhenWrong_SaysTheSameWhetherOrNotTheAccountExists()
    {
        var user = await api.NewUserAsync();

        using var known = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "not the password" });
        using var unknown = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = $"{Guid.NewGuid():N}@example.org", password = "not the password" });

        var first = await known.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        var second = await unknown.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        first.Text("detail").Should().Be(second.Text("detail"));
        known.Headers.WwwAuthenticate.Should().ContainSingle().Which.Scheme.Should().Be("Bearer");
    }

    [Fact]
    public async Task Login_WhenFailedTenTimes_Is429ForThatAccountOnly()
    {
        var (user, other) = (await api.NewUserAsync(), await api.NewUserAsync());
        for (var count = 0; count < 10; count++)
        {
            using var failed = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "not the password" });
            failed.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var answer = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password });

        var problem = await answer.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMIT_EXCEEDED");
        problem.GetProperty("retry_after").GetInt32().Should().BeInRange(1, 60);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.Should().Be(problem.GetProperty("retry_after").GetInt32());
        (await api.SignInAsync(other.Email, ApiUser.Password)).Id.Should().Be(other.Id);
    }

    [Fact]
    public async Task Login_WhenManyFailAtOnce_LetsTenThrough()
    {
        var user = await api.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ =>
            api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "not the password" })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized).Should().Be(10);
        answers.Where(answer => answer.StatusCode != HttpStatusCode.Unauthorized).Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Login_WhenManyAreRightAtOnce_LetsAllThrough()
    {
        var user = await api.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password })));

        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task ChangePassword_WhenSignInsFailedForTheAccount_IsHeldBackWithThem()
    {
        var user = await api.NewUserAsync();
        for (var count = 0; count < 10; count++)
        {
            using var failed = count % 2 == 0
                ? await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = "not the password" })
                : await user.Client.PostAsJsonAsync("/api/auth/password", new { current_password = "not it at all", new_password = "the new password" });
            failed.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        using var change = await user.Client.PostAsJsonAsync("/api/auth/password", new { current_password = ApiUser.Password, new_password = "the new password" });
        using var login = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password });

        await change.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMIT_EXCEEDED");
        await login.ProblemAsync(HttpStatusCode.TooManyRequests, "RATE_LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task Refresh_WhenUsedTwice_WithdrawsTheWholeFamily()
    {
        var user = await api.NewUserAsync();
        using var first = await RefreshAsync(user.RefreshToken);
        var second = (await first.Content.ReadFromJsonAsync<JsonElement>()).Text("refresh_token");

        using var reuse = await RefreshAsync(user.RefreshToken);
        using var descendant = await RefreshAsync(second);

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        await reuse.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        await descendant.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
    }

    [Fact]
    public async Task Refresh_WhenUsedTwiceAtOnce_WorksOnceAtMost()
    {
        var user = await api.NewUserAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RefreshAsync(user.RefreshToken)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).Should().BeLessThanOrEqualTo(1);
        answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_WhenDone_WithdrawsRefreshTokens()
    {
        var user = await api.NewUserAsync();

        using var answer = await user.Client.PostAsync("/api/auth/logout", null);
        using var refresh = await RefreshAsync(user.RefreshToken);

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        refresh.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ChangePassword_WhenRight_ChangesItAndWithdrawsRefreshTokens()
    {
        var user = await api.NewUserAsync();

        using var wrong = await user.Client.PostAsJsonAsync("/api/auth/password", new { current_password = "not it at all", new_password = "the new password" });
        using var answer = await user.Client.PostAsJsonAsync("/api/auth/password", new { current_password = ApiUser.Password, new_password = "the new password" });
        using var refresh = await RefreshAsync(user.RefreshToken);
        using var old = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password });

        await wrong.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        refresh.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        old.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await api.SignInAsync(user.Email, "the new password")).Id.Should().Be(user.Id);
    }

    [Fact]
    public async Task DeleteAccount_WhenDone_RefusesItsTokensAtOnce()
    {
        var user = await api.NewUserAsync();
        await user.RunAsync();
        await user.GetAsync("/api/dashboard/summary");

        using var answer = await user.Client.DeleteAsync("/api/auth/me");
        using var cached = await user.Client.GetAsync("/api/dashboard/summary");
        using var me = await user.Client.GetAsync("/api/auth/me");
        using var refresh = await RefreshAsync(user.RefreshToken);
        using var login = await api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = ApiUser.Password });

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        answer.Headers.Should().ContainKey("Consistency-Token");
        await cached.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        me.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        refresh.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        login.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("GET", "/api/auth/me")]
    [InlineData("DELETE", "/api/auth/me")]
    [InlineData("POST", "/api/auth/logout")]
    [InlineData("POST", "/api/auth/password")]
    [InlineData("GET", "/api/experiments")]
    [InlineData("POST", "/api/experiments")]
    [InlineData("GET", "/api/experiments/0195f0a0-0000-7000-8000-000000000000")]
    [InlineData("PATCH", "/api/experiments/0195f0a0-0000-7000-8000-000000000000")]
    [InlineData("DELETE", "/api/experiments/0195f0a0-0000-7000-8000-000000000000")]
    [InlineData("GET", "/api/dashboard/summary")]
    [InlineData("GET", "/api/dashboard/charts")]
    [InlineData("GET", "/api/dashboard/recent")]
    [InlineData("GET", "/api/cache/stats")]
    [InlineData("GET", "/api/cache/entries")]
    [InlineData("GET", "/api/cache/stream")]
    [InlineData("GET", "/api/cache/explain?key=a")]
    [InlineData("POST", "/api/cache/clear")]
    public async Task AnyRequest_WhenNobodyIsSignedIn_Is401(string method, string path)
    {
        using var none = new HttpRequestMessage(new HttpMethod(method), path);
        using var garbage = new HttpRequestMessage(new HttpMethod(method), path);
        garbage.Headers.TryAddWithoutValidation("Authorization", "Bearer not.a.token");

        using var first = await api.Anonymous.SendAsync(none);
        using var second = await api.Anonymous.SendAsync(garbage);

        await first.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        await second.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        second.Headers.WwwAuthenticate.ToString().Should().Contain("invalid_token");
    }

    private Task<HttpResponseMessage> RefreshAsync(string token) => api.Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = token });
}
