using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Domain.Accounts;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class AccessTokenTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(64);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly User _user = new(Guid.NewGuid(), "Somebody@example.org", "Zoë 🧠", "hash", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    [Fact]
    public async Task Issue_WhenCalled_SaysWhoItIsForAnHour()
    {
        _user.GrantAdmin();

        var token = await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None);

        token.Lifetime.Should().Be(TimeSpan.FromSeconds(3600));
        var read = new JsonWebToken(token.Value);
        read.Alg.Should().Be("HS256");
        read.Issuer.Should().Be(AccessTokenRules.Issuer);
        read.Audiences.Should().Equal(AccessTokenRules.Audience);
        read.Subject.Should().Be(_user.Id.ToString("D"));
        read.GetClaim("email").Value.Should().Be("Somebody@example.org");
        read.GetClaim("username").Value.Should().Be("Zoë 🧠");
        read.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value).Should().Equal("admin");
        read.IssuedAt.Should().Be(_clock.GetUtcNow().UtcDateTime);
        (read.ValidTo - read.IssuedAt).Should().Be(TimeSpan.FromSeconds(3600));
        (await IsAcceptedAsync(token.Value)).Should().BeTrue();
    }

    [Fact]
    public async Task Issue_WhenCalledTwice_NamesEachToken()
    {
        var (first, second) = (await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None), await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None));

        new JsonWebToken(first.Value).Id.Should().NotBe(new JsonWebToken(second.Value).Id);
    }

    [Fact]
    public async Task Validate_WhenTheHourIsOver_Refuses()
    {
        var token = await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None);

        _clock.Advance(AccessTokenRules.Lifetime + AccessTokenRules.ClockSkew - TimeSpan.FromSeconds(1));
        (await IsAcceptedAsync(token.Value)).Should().BeTrue();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await IsAcceptedAsync(token.Value)).Should().BeFalse();
    }

    [Fact]
    public async Task Validate_WhenTheClockIsSetBackAnHour_AcceptsWhatWasSignedBefore()
    {
        var token = await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None);
        var earlier = new FakeTimeProvider(_clock.GetUtcNow() - TimeSpan.FromHours(1));

        (await IsAcceptedAsync(token.Value, clock: earlier)).Should().BeTrue();
        new JsonWebToken(token.Value).TryGetPayloadValue<long>("nbf", out _).Should().BeFalse();
        (await IsAcceptedAsync(Forge(begins: true), clock: earlier)).Should().BeTrue("tokens of an earlier version say when they begin");
    }

    [Fact]
    public async Task Validate_WhenSignedWithAnotherKey_Refuses()
    {
        var token = await Issuer(RandomNumberGenerator.GetBytes(64)).IssueAccessTokenAsync(_user, CancellationToken.None);

        (await IsAcceptedAsync(token.Value)).Should().BeFalse();
    }

    [Fact]
    public async Task Validate_WhenTheKeyIsNotKnownYet_Refuses()
    {
        var token = await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None);

        (await IsAcceptedAsync(token.Value, key: null)).Should().BeFalse();
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    public async Task Validate_WhenTheAlgorithmIsAnother_Refuses(string algorithm)
    {
        (await IsAcceptedAsync(Forge(algorithm: algorithm))).Should().BeFalse();
    }

    [Theory]
    [InlineData("somebody-else", AccessTokenRules.Audience)]
    [InlineData(AccessTokenRules.Issuer, "something-else")]
    [InlineData(null, AccessTokenRules.Audience)]
    [InlineData(AccessTokenRules.Issuer, null)]
    public async Task Validate_WhenIssuerOrAudienceIsAnother_Refuses(string? issuer, string? audience)
    {
        (await IsAcceptedAsync(Forge(issuer: issuer, audience: audience))).Should().BeFalse();
    }

    [Fact]
    public async Task Validate_WhenItNeverEnds_Refuses() => (await IsAcceptedAsync(Forge(ends: false))).Should().BeFalse();

    [Fact]
    public async Task Validate_WhenTheTypeIsAnother_Refuses() => (await IsAcceptedAsync(Forge(type: "at+jwt"))).Should().BeFalse();

    [Fact]
    public async Task Validate_WhenForgedWithTheRightKeyAndRules_Accepts() => (await IsAcceptedAsync(Forge())).Should().BeTrue("the forger of these tests can make a good one");

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("...")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..")]
    public async Task Validate_WhenItIsNoToken_Refuses(string text) => (await IsAcceptedAsync(text)).Should().BeFalse();

    [Fact]
    public async Task Validate_WhenTheClaimsWereChanged_Refuses()
    {
        var token = (await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None)).Value.Split('.');
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token[1])).Replace("\"roles\":[]", "\"roles\":[\"admin\"]", StringComparison.Ordinal);

        (await IsAcceptedAsync($"{token[0]}.{Encode(claims)}.{token[2]}")).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b.c")]
    [InlineData("!!.b.c")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.b.c")]
    [InlineData("eyJraWQiOjF9.b.c")]
    [InlineData("eyJhIjp7ImtpZCI6IngifX0.b.c")]
    [InlineData("eyJraWQiOiJ4.b.c")]
    public void KeyIdOf_WhenATokenNamesNoKey_IsNone(string token) => AccessTokenRules.KeyIdOf(token).Should().BeNull();

    [Fact]
    public async Task KeyIdOf_WhenATokenNamesItsKey_IsThat()
    {
        var token = await Issuer().IssueAccessTokenAsync(_user, CancellationToken.None);

        AccessTokenRules.KeyIdOf(token.Value).Should().Be(new JsonWebToken(token.Value).Kid).And.Be(new SigningKey(Key, null).Id);
        AccessTokenRules.KeyIdOf(new string('a', 100_000) + ".b.c").Should().BeNull("no header of a token is that long");
    }

    [Fact]
    public void RefreshToken_WhenMade_IsStoredByItsHash()
    {
        var issuer = Issuer();

        var (first, second) = (issuer.CreateRefreshToken(), issuer.CreateRefreshToken());

        first.Value.Should().NotBe(second.Value);
        Base64Url.DecodeFromChars(first.Value).Should().HaveCount(32);
        first.Hash.Should().Be(issuer.HashRefreshToken(first.Value)).And.MatchRegex("^[0-9a-f]{64}$").And.NotContain(first.Value);
    }

    private JwtTokenIssuer Issuer(byte[]? key = null) =>
        new(new SigningKeys(new ConfiguredSigningKey(key ?? Key, []), _clock, NullLogger<SigningKeys>.Instance), _clock);

    private Task<bool> IsAcceptedAsync(string token, FakeTimeProvider? clock = null) => IsAcceptedAsync(token, Key, clock);

    private async Task<bool> IsAcceptedAsync(string token, byte[]? key, FakeTimeProvider? clock = null)
    {
        var rules = AccessTokenRules.Validation(_ => key is null ? [] : [new SymmetricSecurityKey(key)], clock ?? _clock);
        return (await new JsonWebTokenHandler().ValidateTokenAsync(token, rules)).IsValid;
    }

    private string Forge(string algorithm = "HS256", string? issuer = AccessTokenRules.Issuer, string? audience = AccessTokenRules.Audience, bool ends = true, bool begins = false, string type = "JWT")
    {
        var claims = new Dictionary<string, object> { ["sub"] = _user.Id.ToString("D") };
        if (issuer is not null)
        {
            claims["iss"] = issuer;
        }

        if (audience is not null)
        {
            claims["aud"] = audience;
        }

        if (ends)
        {
            claims["exp"] = _clock.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        }

        if (begins)
        {
            claims["nbf"] = _clock.GetUtcNow().ToUnixTimeSeconds();
        }

        var signed = $"{Encode(JsonSerializer.Serialize(new { alg = algorithm, typ = type }))}.{Encode(JsonSerializer.Serialize(claims))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm switch
        {
            "HS384" => HMACSHA384.HashData(Key, bytes),
            "HS512" => HMACSHA512.HashData(Key, bytes),
            "HS256" or "RS256" => HMACSHA256.HashData(Key, bytes),
            _ => [],
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
