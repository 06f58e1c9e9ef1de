using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.WebApi.Security;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RememberedTokensTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Revocations _revocations = new();
    private readonly Keys _keys = new(new KeyRing([new SigningKey(SigningKey.NewKey(), null)], []));
    private readonly RememberedTokens _tokens;

    public RememberedTokensTests() => _tokens = new RememberedTokens(_keys, _revocations, _clock);

    [Fact]
    public void Recall_WhenTheTokenWasChecked_GivesTheSameUser()
    {
        var (header, user) = Remember();

        _tokens.Recall(header)!.UserId.Should().Be(user);
        _tokens.Recall(new string(header.AsSpan()))!.UserId.Should().Be(user, "it is the text that counts");
    }

    [Fact]
    public void Recall_WhenAnyCharacterDiffers_KnowsNobody()
    {
        var (header, _) = Remember();

        for (var at = 0; at < header.Length; at++)
        {
            var other = header.ToCharArray();
            other[at] = other[at] == 'A' ? 'B' : 'A';
            _tokens.Recall(new string(other)).Should().BeNull();
        }

        _tokens.Recall(header + " ").Should().BeNull();
        _tokens.Recall(header[..^1]).Should().BeNull();
        _tokens.Recall("").Should().BeNull();
        _tokens.Recall(header).Should().NotBeNull();
    }

    [Fact]
    public void Recall_WhenTheTokenHasExpired_KnowsNobody()
    {
        var (header, _) = Remember();

        _clock.Advance(AccessTokenRules.Lifetime + AccessTokenRules.ClockSkew - TimeSpan.FromMilliseconds(1));
        _tokens.Recall(header).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        _tokens.Recall(header).Should().BeNull();
        _tokens.Count.Should().Be(0, "it never comes back");
    }

    [Fact]
    public void Recall_WhenTheAccountIsDeleted_KnowsNobody()
    {
        var (header, user) = Remember();
        var (other, _) = Remember();

        _revocations.Revoked.Add(user);

        _tokens.Recall(header).Should().BeNull();
        _tokens.Recall(other).Should().NotBeNull();
    }

    [Fact]
    public void Recall_WhenTheKeysWereReadAgain_KnowsNobody()
    {
        var (header, _) = Remember();

        // The same key, read anew: the token is checked once more, and by the new ring.
        _keys.Ring = new KeyRing([new SigningKey(_keys.Ring!.Keys[0].Bytes, null)], []);

        _tokens.Recall(header).Should().BeNull();
    }

    [Fact]
    public void Recall_WhenTheKeyIsRetired_KnowsNobody()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        var (old, next) = (new SigningKey(SigningKey.NewKey(), null), new SigningKey(SigningKey.NewKey(), now));
        _keys.Ring = new KeyRing([old, next], []);

        // Longer than a token lives: only the key ends it.
        var (header, _) = Remember(old, TimeSpan.FromDays(1));
        _clock.Advance(KeyRing.ActivationDelay + KeyRing.AcceptedFor - TimeSpan.FromSeconds(1));
        _tokens.Recall(header).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromSeconds(1));

        _tokens.Recall(header).Should().BeNull();
    }

    [Fact]
    public void Recall_WhenTheKeysAreNotKnown_KnowsNobody()
    {
        var (header, _) = Remember();

        _keys.Ring = null;

        _tokens.Recall(header).Should().BeNull();
    }

    [Fact]
    public void Remember_WhenNoKeyCheckedTheToken_RemembersNothing()
    {
        var token = new JsonWebToken(Sign(_keys.Ring!.Keys[0], AccessTokenRules.Lifetime));

        _tokens.Remember("Bearer " + token.EncodedToken, Principal(Guid.NewGuid()), token);

        _tokens.Count.Should().Be(0);
    }

    [Theory]
    [InlineData("Bearer  ", "")]
    [InlineData("bearer ", "")]
    [InlineData("Bearer ", " ")]
    [InlineData("BEARER ", "")]
    public void Remember_WhenTheHeaderIsWrittenInAnotherForm_RemembersNothing(string before, string behind)
    {
        var token = new JsonWebToken(Sign(_keys.Ring!.Keys[0], AccessTokenRules.Lifetime)) { SigningKey = _keys.Ring.Keys[0].Security };

        _tokens.Remember(before + token.EncodedToken + behind, Principal(Guid.NewGuid()), token);

        _tokens.Count.Should().Be(0, "one token would have as many entries as it has forms");
    }

    [Fact]
    public void Remember_WhenThereAreVeryMany_ForgetsThoseThatNobodySends()
    {
        var (idle, _) = Remember();
        var (busy, _) = Remember();
        var token = new JsonWebToken(Sign(_keys.Ring!.Keys[0], AccessTokenRules.Lifetime)) { SigningKey = _keys.Ring.Keys[0].Security };
        var principal = Principal(Guid.NewGuid());

        for (var number = 0; number < 3 * RememberedTokens.Generation; number++)
        {
            _tokens.Remember("Bearer " + number.ToString().PadLeft(token.EncodedToken.Length, 'x'), principal, token);
            _tokens.Recall(busy).Should().NotBeNull();
            _tokens.Count.Should().BeLessThanOrEqualTo(2 * RememberedTokens.Generation);
        }

        _tokens.Recall(idle).Should().BeNull();
    }

    [Fact]
    public void TokenPrincipal_WhenMade_SaysWhatTheTokenSays()
    {
        var user = Guid.NewGuid();
        var identity = new ClaimsIdentity([new Claim("sub", user.ToString("D")), new Claim("username", "Zoë"), new Claim("roles", "admin")], "scheme", "username", "roles");

        var principal = new TokenPrincipal(identity, user, "key");

        principal.Identity!.IsAuthenticated.Should().BeTrue();
        principal.Identity.Name.Should().Be("Zoë");
        principal.IsInRole("admin").Should().BeTrue();
        principal.Claims.Select(claim => (claim.Type, claim.Value)).Should().Equal(identity.Claims.Select(claim => (claim.Type, claim.Value)));
        SignedInUser.TryGetId(principal, out var id).Should().BeTrue();
        id.Should().Be(user);
    }

    private static TokenPrincipal Principal(Guid user) => new(new ClaimsIdentity([new Claim("sub", user.ToString("D"))], "test"), user, "key");

    private (string Header, Guid User) Remember(SigningKey? key = null, TimeSpan? lifetime = null)
    {
        key ??= _keys.Ring!.Keys[0];
        var token = new JsonWebToken(Sign(key, lifetime ?? AccessTokenRules.Lifetime)) { SigningKey = key.Security };
        var (header, user) = ("Bearer " + token.EncodedToken, Guid.NewGuid());
        _tokens.Remember(header, Principal(user), token);
        return (header, user);
    }

    private string Sign(SigningKey key, TimeSpan lifetime) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Expires = _clock.GetUtcNow().UtcDateTime + lifetime,
        SigningCredentials = new SigningCredentials(key.Security, AccessTokenRules.Algorithm),
        Claims = new Dictionary<string, object> { ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) },
    });

    private sealed class Keys(KeyRing ring) : IAccessTokenKeys
    {
        public KeyRing? Ring { get; set; } = ring;

        public IEnumerable<SecurityKey> Accepted(string? keyId) => throw new NotSupportedException();

        public bool StillAccepts(SecurityKey key, DateTime now) => Ring?.StillAccepts(key, now) == true;

        public ValueTask EnsureAsync(string? authorization, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Revocations : IAccountRevocations
    {
        public HashSet<Guid> Revoked { get; } = [];

        public bool IsRevoked(Guid userId) => Revoked.Contains(userId);
    }
}
