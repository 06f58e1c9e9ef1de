using NeuroLab.Domain.Accounts;

namespace NeuroLab.UnitTests.Domain;

public sealed class AccountsTests
{
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Normalize_WhenCaseOrBlanksDiffer_IsEqual() => User.Normalize("  Ada@Example.ORG ").Should().Be("ada@example.org");

    [Fact]
    public void User_WhenCreated_HasNoRights()
    {
        var user = new User(Guid.NewGuid(), "Ada@Example.org", "ada", "hash", Now);

        user.IsAdmin.Should().BeFalse();
        user.NormalizedEmail.Should().Be("ada@example.org");
        user.GrantAdmin();
        user.ChangePassword("other");
        (user.IsAdmin, user.PasswordHash).Should().Be((true, "other"));
    }

    [Fact]
    public void Use_WhenCalled_MarksTheToken()
    {
        var token = new RefreshToken(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "hash", Now, Now.AddDays(1));

        token.UsedAt.Should().BeNull();
        token.Use(Now.AddHours(1));
        token.UsedAt.Should().Be(Now.AddHours(1));
    }
}
