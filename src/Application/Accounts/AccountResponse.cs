using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Accounts;

/// <summary>An account as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">The address as it was given.</param>
/// <param name="Username">The name shown.</param>
public sealed record AccountResponse(Guid Id, string Email, string Username)
{
    internal static AccountResponse From(User user) => new(user.Id, user.Email, user.Username);
}
