using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NSubstitute;

namespace NeuroLab.UnitTests.Accounts;

public sealed class RegisterTests
{
    private readonly AccountFixture _fixture = new();

    [Fact]
    public async Task Execute_WhenTheAddressIsFree_AddsAnAccountWithAHashedPassword()
    {
        var handler = new RegisterHandler(_fixture.Accounts, _fixture.Hasher, _fixture.Clock);

        var answer = await handler.ExecuteAsync(new Register(" Grace@Example.org ", "  grace  ", "secret-123"), default);

        answer.Email.Should().Be("Grace@Example.org");
        answer.Username.Should().Be("grace");
        _fixture.Accounts.Received(1).Add(Arg.Is<User>(user => user.Id == answer.Id && user.NormalizedEmail == "grace@example.org"
            && user.PasswordHash == "hash of secret-123" && !user.IsAdmin && user.CreatedAt == _fixture.Now));
    }

    [Fact]
    public async Task Execute_WhenTheAddressIsTakenInAnyCase_IsAConflict()
    {
        var handler = new RegisterHandler(_fixture.Accounts, _fixture.Hasher, _fixture.Clock);

        var act = () => handler.ExecuteAsync(new Register("ADA@example.org", "other", "secret-123"), default);

        await act.Should().ThrowAsync<ConflictException>();
        _fixture.Accounts.DidNotReceive().Add(Arg.Any<User>());
    }

    [Theory]
    [InlineData("a@b.c", "x", "12345678")]
    [InlineData("  padded@example.org ", " x ", "pass phrase with blanks")]
    [InlineData("ü+tag@exämple.org", "😀 ' ; -- *", "12345678")]
    public void Validate_WhenRight_Accepts(string email, string username, string password) =>
        new RegisterValidator().Errors(new Register(email, username, password)).Should().BeEmpty();

    [Fact]
    public void Validate_WhenAtTheBounds_Accepts() =>
        new RegisterValidator().Errors(new Register(new string('a', 64) + "@" + new string('b', 185) + ".org", new string('u', 64), new string('p', 128)))
            .Should().BeEmpty();

    public static TheoryData<string?> WrongEmails => new()
    {
        null, "", "x", "@b.c", "a@", "a@b@c.d", "a b@c.d", "a@b..c", "a@-b.c", "a\0@b.c", new string('a', 65) + "@b.c",
        "a@" + new string('b', 253),
    };

    [Theory]
    [MemberData(nameof(WrongEmails))]
    public void Validate_WhenTheEmailIsWrong_NamesTheField(string? email) =>
        new RegisterValidator().Errors(new Register(email!, "x", "12345678")).Should().ContainKey("email").And.HaveCount(1);

    public static TheoryData<string?> WrongUsernames => new() { null, "", "  ", new string('u', 65), "a\tb", "a\0" };

    [Theory]
    [MemberData(nameof(WrongUsernames))]
    public void Validate_WhenTheUsernameIsWrong_NamesTheField(string? username) =>
        new RegisterValidator().Errors(new Register("a@b.c", username!, "12345678")).Should().ContainKey("username").And.HaveCount(1);

    public static TheoryData<string?> WrongPasswords => new() { null, "", "1234567", new string('p', 129) };

    [Theory]
    [MemberData(nameof(WrongPasswords))]
    public void Validate_WhenThePasswordIsWrong_NamesTheFieldOnly(string? password)
    {
        var errors = new RegisterValidator().Errors(new Register("a@b.c", "x", password!));

        errors.Should().ContainKey("password").And.HaveCount(1);
        errors["password"].Should().Equal("Must have 8 to 128 characters.");
    }
}
